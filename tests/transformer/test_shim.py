"""The network inside of the model: its files, and the numbers that it computes in."""

import copy
import gc
import os
import threading
from io import BytesIO
from pathlib import Path

import numpy
import pytest
import spacy
import srsly
import torch
from spacy_transformers.layers.hf_shim import HFShim
from spacy_transformers.layers.transformer_model import TransformerModel

from adaptive_spacy.transformer import dtypes, shim
from adaptive_spacy.transformer.model import build_transformer_model_v1
from tests.ner.pipelines import found
from tests.transformer.pipelines import (
    OURS,
    TEXTS,
    learn,
    trained,
    vectors,
    weights,
)


def test_model_survives_disk_and_bytes(transformer_folder, tmp_path: Path) -> None:
    nlp = trained(transformer_folder, OURS)
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert isinstance(loaded.get_pipe("transformer").model.layers[0].shims[0], shim.TransformerShim)
    assert [found(doc) for doc in loaded.pipe(TEXTS)] == [found(doc) for doc in nlp.pipe(TEXTS)]
    # a network read from disk goes on learning
    before = {name: weight.clone() for name, weight in weights(loaded).items()}
    learn(loaded, steps=1)
    changed = [name for name, weight in weights(loaded).items() if not weight.equal(before[name])]
    assert changed


def test_file_is_what_bytes_are(transformer_folder, tmp_path: Path) -> None:
    model = trained(transformer_folder, OURS, steps=1).get_pipe("transformer").model
    for _ in range(2):  # the second time with the tokenizer's files at hand
        model.to_disk(tmp_path / "model")
        ours, theirs = (
            srsly.msgpack_loads(data)
            for data in ((tmp_path / "model").read_bytes(), TransformerModel.to_bytes(model))
        )
        shims = [message.pop("shims") for message in (ours, theirs)]
        assert ours == theirs
        ((shim_bytes,),), ((other,),) = ([one for one in shim if one] for shim in shims)
        assert shim_bytes == other
        # as spacy-transformers' own shim packs it, but for checksums that torch does not read
        saved, expected = (
            srsly.msgpack_loads(one) for one in (other, HFShim.to_bytes(model.layers[0].shims[0]))
        )
        states = [
            torch.load(BytesIO(message.pop("state")), weights_only=True)
            for message in (saved, expected)
        ]
        # a path of this machine
        assert expected["config"].pop("_name_or_path")
        files = expected["tokenizer"]
        for one in (saved["tokenizer"], files):
            one["tokenizer_config.json"] = srsly.json_loads(one["tokenizer_config.json"])
        assert saved == expected
        assert states[0].keys() == states[1].keys()
        assert all(torch.equal(states[0][name], one) for name, one in states[1].items())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs a list of open files")
def test_replaced_file_lives_until_the_next_is_written(transformer_folder, tmp_path: Path) -> None:
    def replaced() -> int:
        links = Path("/proc/self/fd").iterdir()
        gone = f"{tmp_path / 'model'} (deleted)"
        return sum(os.path.islink(link) and os.readlink(link) == gone for link in links)

    model = trained(transformer_folder, OURS, steps=1).get_pipe("transformer").model
    for expected in (0, 1, 1, 1):
        model.to_disk(tmp_path / "model")
        for thread in threading.enumerate():
            if thread.name.startswith("give-back"):
                thread.join()
        assert replaced() == expected
    copy.deepcopy(model)  # an open file could not be copied
    del model
    gc.collect()
    assert replaced() == 0


def test_file_before_there_is_a_network(tmp_path: Path) -> None:
    model = build_transformer_model_v1("x", lambda docs: [], {"use_fast": True})
    model.to_disk(tmp_path / "model")
    assert srsly.msgpack_loads((tmp_path / "model").read_bytes()) == srsly.msgpack_loads(
        model.to_bytes()
    )


def test_bfloat16_computes_in_halves_and_keeps_float32(
    transformer_folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = vectors(trained(transformer_folder, OURS))
    # as on a processor that has it in hardware
    monkeypatch.setattr(dtypes, "computes", lambda device, dtype: True)
    nlp = trained(transformer_folder, OURS, precision="bfloat16")
    rough = vectors(nlp)
    assert {one.dtype for one in rough} == {numpy.dtype("float32")}
    assert {weight.dtype for weight in weights(nlp).values()} == {torch.float32}
    difference = max(abs(a - b).max() for a, b in zip(exact, rough, strict=True))
    assert 0 < difference < 0.3
    assert found(nlp("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]
    nlp.to_disk(tmp_path / "model")
    monkeypatch.undo()
    loaded = spacy.load(tmp_path / "model")
    assert found(loaded("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]


def test_precision_is_float32_where_the_device_has_no_other(
    transformer_folder, monkeypatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    plain = trained(transformer_folder, OURS, steps=3)
    for precision in ("auto", "bfloat16", "float16"):
        nlp = trained(transformer_folder, OURS, steps=3, precision=precision)
        assert nlp.get_pipe("transformer").model.layers[0].shims[0].dtype is torch.float32
        for name, weight in weights(plain).items():
            assert torch.equal(weights(nlp)[name], weight), name


def test_precision_of_one_transformer_does_not_reach_the_next() -> None:
    def scales(precision: str) -> bool:
        model = build_transformer_model_v1("x", lambda docs: [], precision=precision)
        return model.layers[0].shims[0]._grad_scaler._enabled

    precisions = ("float32", "float16", "bfloat16", "auto")
    assert [scales(one) for one in precisions] == [False, True, False, False]


def test_full_disk_is_called_one() -> None:
    # torch's writer alone says "unexpected pos 704 vs 598"
    with (
        open("/dev/full", "wb", buffering=0) as file,
        pytest.raises(OSError, match="No space left"),
    ):
        shim._save_weights({"a": torch.zeros(100_000)}, file)
