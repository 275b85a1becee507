"""Model folders and configs that somebody else made: they run no code and write no files."""

import io
import json
import pickle
import shutil
import sys
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly
import torch
from thinc.api import ConfigValidationError
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.transformer.checkpoint import unpack
from tests.transformer.hostile import CODE, Runs, packed, read_message


@pytest.mark.parametrize("name", ["{outside}", "../outside.txt", "tokenization_own.py"])
def test_files_of_a_tokenizer_stay_where_they_belong(pipeline, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.txt"
    message = read_message(pipeline)
    message["tokenizer"][name.format(outside=outside)] = b"written"
    with pytest.raises(ValueError, match="expected"):
        unpack(packed(message))
    assert not outside.exists()


def test_commands_and_spacy_refuse_such_a_folder(
    pipeline, tmp_path: Path, corpus_folder: Path
) -> None:
    outside = tmp_path / "outside.py"
    folder = Path(shutil.copytree(pipeline, tmp_path / "pipeline"))
    path = folder / "transformer" / "model"
    outer, message = srsly.msgpack_loads(path.read_bytes()), read_message(pipeline)
    message["tokenizer"].update({str(outside): b"x = 1", "kwargs": {"trust_remote_code": True}})
    outer["shims"] = [[packed(message)] if shims else [] for shims in outer["shims"]]
    path.write_bytes(packed(outer))
    with pytest.raises(ValueError, match="the transformer's file `model`: expected use_fast alone"):
        spacy.load(folder)
    result = CliRunner().invoke(app, ["evaluate", str(folder), str(corpus_folder / "dev.spacy")])
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert not outside.exists()


def test_a_model_that_names_code_runs_none(pipeline, tmp_path: Path, mark: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.py").write_text(CODE.format(mark=str(mark)))
    ours = f"{folder}--own.Own"
    message = read_message(pipeline)
    settings = json.loads(message["tokenizer"]["tokenizer_config.json"])
    settings.update(auto_map={"AutoTokenizer": [ours, ours]}, trust_remote_code=True)
    settings.update(vocab_file=str(folder / "own.py"), name_or_path=str(folder))
    message["tokenizer"]["tokenizer_config.json"] = json.dumps(settings).encode()
    message["config"]["auto_map"] = {"AutoModel": ours, "AutoConfig": ours, "AutoTokenizer": ours}
    message["config"]["attn_implementation"] = "somebody/kernel:own"
    assert unpack(packed(message)).tokenizer("Ada").input_ids
    message["config"]["model_type"] = "own"
    with pytest.raises(ValueError, match="the transformer's file `model`: loading it failed"):
        unpack(packed(message))
    assert not mark.exists()
    assert "own" not in sys.modules


def test_settings_of_a_saved_tokenizer_are_use_fast_alone(pipeline) -> None:
    message = read_message(pipeline)
    message["tokenizer"]["kwargs"] = {"use_fast": True, "trust_remote_code": True}
    with pytest.raises(ValueError, match="expected use_fast alone"):
        unpack(packed(message))


def test_a_file_before_training_names_no_code() -> None:
    message = {"config": {}, "state": {}, "tokenizer": {}}
    message["_init_tokenizer_config"] = {"trust_remote_code": True}
    with pytest.raises(ConfigValidationError, match="code that comes with a transformer is never"):
        unpack(packed(message))


@pytest.mark.parametrize("zipped", [True, False], ids=["archive", "pickle"])
def test_pickles_among_the_weights_run_nothing(
    pipeline, mark: Path, zipped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    file = io.BytesIO()
    if zipped:
        torch.save({"x": Runs(mark)}, file)
    else:
        pickle.dump({"x": Runs(mark)}, file, protocol=2)
    message = {**read_message(pipeline), "state": file.getvalue()}
    with pytest.raises(ValueError, match="expected weights and nothing else"):
        unpack(packed(message))
    assert not mark.exists()
    # and it would have, read in the usual way
    with suppress(RuntimeError):
        torch.load(io.BytesIO(file.getvalue()), weights_only=False)
    assert mark.exists()


def test_weights_do_not_grow_when_they_are_read(pipeline) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10_000_000))
    assert len(file.getvalue()) < 100_000
    with pytest.raises(ValueError, match="compressed weights"):
        unpack(packed({**read_message(pipeline), "state": file.getvalue()}))


DAMAGED: list[tuple[Any, str]] = [
    (b"", "is damaged"),
    (b"\xc1", "is damaged"),
    (b"\xdd\xff\xff\xff\xff", "is damaged"),  # a list of four billion items, none of which comes
    (packed([1]), "is not that of a transformer"),
    (packed({"config": 1, "state": b"", "tokenizer": {}}), "expected dict for its config"),
    (packed({"config": {"a": 1}, "state": 1, "tokenizer": {}}), "expected bytes for its state"),
]


@pytest.mark.parametrize(("data", "said"), DAMAGED)
def test_damaged_files_are_said_to_be(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        unpack(data)


def test_lacking_weights_are_not_made_up(pipeline) -> None:
    message = read_message(pipeline)
    state = torch.load(io.BytesIO(message["state"]), weights_only=True)
    del state["encoder.layer.0.output.dense.weight"]
    file = io.BytesIO()
    torch.save(state, file)
    with pytest.raises(ValueError, match=r"1 weights are missing: encoder\.layer\.0"):
        unpack(packed({**message, "state": file.getvalue()}))


def test_numbers_that_were_rounded_to_zero_are_given_back(pipeline) -> None:
    message = read_message(pipeline)
    assert message["config"]["layer_norm_eps"] == 1e-12
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        unpack(packed(message))
    message["config"]["layer_norm_eps"] = 0.0
    with pytest.warns(UserWarning, match=r"layer_norm_eps = 0, taken for 1e-12"):
        objects = unpack(packed(message))
    assert objects.transformer.config.layer_norm_eps == 1e-12
    assert objects.transformer.embeddings.LayerNorm.eps == 1e-12
