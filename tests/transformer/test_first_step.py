"""A first step with a transformer: what only the network itself can show."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from adaptive_spacy.transformer.first_step import try_transformer


def rename_weight(data: bytes) -> bytes:
    return data.replace(
        b"encoder.layer.0.output.dense.weight", b"encoder.layer.0.output.dense.thgiew"
    )


def make_nan(data: bytes) -> bytes:
    return data[:-4000] + b"\xff" * 4000


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (rename_weight, r"1 are missing, e.g. encoder.layer.0.output.dense.weight"),
        (make_nan, "expected numbers for weights, pooler.dense.weight has infinite ones or none"),
    ],
)
def test_trial_finds_weights_that_do_not_work(copied_transformer: Path, damage, said) -> None:
    file = copied_transformer / "model.safetensors"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match=said) as error:
        try_transformer(copied_transformer)
    assert "\n" not in str(error.value)


def test_trial_names_weights_that_have_no_place(copied_transformer: Path) -> None:
    assert try_transformer(copied_transformer) == []
    file = copied_transformer / "model.safetensors"
    weights = {**load_file(file), "classifier.weight": torch.zeros(2)}
    save_file(weights, file, metadata={"format": "pt"})
    assert try_transformer(copied_transformer) == ["classifier.weight"]
