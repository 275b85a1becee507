"""Files of weights that are damaged, or not whole."""

from pathlib import Path

import pytest

from adaptive_spacy.transformer.pretrained import (
    fetch_transformer,
)


def damage_end(data: bytes) -> bytes:
    return data[:-100]


def damage_length(data: bytes) -> bytes:
    return b"\xff" * 8 + data[8:]


def damage_header(data: bytes) -> bytes:
    return data[:9] + b"}" + data[10:]


def damage_start(data: bytes) -> bytes:
    return data[:5]


def damage_tail(data: bytes) -> bytes:
    return data + b"more"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_end, r"bytes as its header says, got"),
        (damage_tail, r"bytes as its header says, got"),
        (damage_length, "it is damaged or cut short"),
        (damage_start, "it is damaged or cut short"),
        (damage_header, "it is damaged"),
    ],
)
def test_fetch_finds_damaged_weights(
    copied_transformer: Path, tmp_path: Path, damage, said
) -> None:
    file = copied_transformer / "model.safetensors"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match=said) as error:
        fetch_transformer(str(copied_transformer), tmp_path / "out")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()
