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
from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.transformer.checkpoint import unpack
from adaptive_spacy.transformer.inspection import require_harmless
from adaptive_spacy.transformer.lengths import make_piece_lengths_v1
from adaptive_spacy.transformer.loading import load_tokenizer, load_transformer
from adaptive_spacy.transformer.model import build_transformer_model_v1
from adaptive_spacy.transformer.trust import require_file_name
from tests.transformer.pipelines import OURS, THEIRS, trained

CODE = "import pathlib\npathlib.Path({mark!r}).write_text('ran')\nclass Own: pass\n"


@pytest.fixture(scope="module")
def pipeline(transformer_folder: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "pipeline"
    trained(transformer_folder, OURS, steps=1).to_disk(folder)
    return folder


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What hostile code would write. Nobody may ask on stdin either."""
    monkeypatch.setattr("builtins.input", lambda *args: pytest.fail("asked on stdin"))
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    return tmp_path / "ran"


def read(pipeline: Path) -> dict[str, Any]:
    outer = srsly.msgpack_loads((pipeline / "transformer" / "model").read_bytes())
    return srsly.msgpack_loads(next(one[0] for one in outer["shims"] if one))


def packed(message: dict[str, Any]) -> bytes:
    return srsly.msgpack_dumps(message)


NAMES = [
    "/tmp/outside.txt", "../outside.txt", "a/b.txt", "C:outside.txt", "C:\\outside.txt",
    "\\\\host\\share", "..", ".", "", ".bashrc", "a\0b", "a\nb", "vocab.txt ", "code.py",
    "CODE.PY", "x.so", "x.pth", "x.pkl", "con:", 3,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_only_bare_names_of_data_are_written(name: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        require_file_name(name)


@pytest.mark.parametrize("name", ["{outside}", "../outside.txt", "tokenization_own.py"])
def test_files_of_a_tokenizer_stay_where_they_belong(pipeline, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.txt"
    message = read(pipeline)
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
    outer, message = srsly.msgpack_loads(path.read_bytes()), read(pipeline)
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
    message = read(pipeline)
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
    message = read(pipeline)
    message["tokenizer"]["kwargs"] = {"use_fast": True, "trust_remote_code": True}
    with pytest.raises(ValueError, match="expected use_fast alone"):
        unpack(packed(message))


def test_a_file_before_training_names_no_code() -> None:
    message = {"config": {}, "state": {}, "tokenizer": {}}
    message["_init_tokenizer_config"] = {"trust_remote_code": True}
    with pytest.raises(ConfigValidationError, match="code that comes with a transformer is never"):
        unpack(packed(message))


class Runs:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


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
    message = {**read(pipeline), "state": file.getvalue()}
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
        unpack(packed({**read(pipeline), "state": file.getvalue()}))


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
    message = read(pipeline)
    state = torch.load(io.BytesIO(message["state"]), weights_only=True)
    del state["encoder.layer.0.output.dense.weight"]
    file = io.BytesIO()
    torch.save(state, file)
    with pytest.raises(ValueError, match=r"1 weights are missing: encoder\.layer\.0"):
        unpack(packed({**message, "state": file.getvalue()}))


@pytest.mark.parametrize("key", ["tokenizer_config", "transformer_config"])
def test_configs_trust_no_code(transformer_folder, pipeline, key: str, tmp_path: Path) -> None:
    settings = {key: {"trust_remote_code": True}}
    said = rf"{key} trust_remote_code: expected nothing, got True: code that comes with a"
    with pytest.raises(ConfigValidationError, match=said):
        build_transformer_model_v1(str(transformer_folder), lambda docs: [], **settings)
    config = spacy.util.load_config(pipeline / "config.cfg")
    config["components"]["transformer"]["model"][key] = {"trust_remote_code": True}
    with pytest.raises(ConfigValidationError, match=said):
        spacy.util.load_model_from_config(config)
    if key == "tokenizer_config":
        with pytest.raises(ConfigValidationError, match=said):
            make_piece_lengths_v1(str(transformer_folder), settings[key])


@pytest.mark.parametrize("kind", ["config.json", "tokenizer_config.json"])
def test_training_from_a_folder_with_code_is_refused(
    copied_transformer: Path, mark: Path, kind: str
) -> None:
    (copied_transformer / "own.py").write_text(CODE.format(mark=str(mark)))
    names = {"AutoConfig": "own.Own", "AutoModel": "own.Own", "AutoTokenizer": ["own.Own", None]}
    settings = json.loads((copied_transformer / kind).read_text())
    settings.update(auto_map=names, model_type="own", tokenizer_class="OwnTokenizer")
    (copied_transformer / kind).write_text(json.dumps(settings))
    if kind == "config.json":
        (copied_transformer / "tokenizer_config.json").unlink()
    said = "it needs Python code of its own, which is never run"
    with pytest.raises(ValueError, match=said) as error:
        load_tokenizer(str(copied_transformer), {})
    assert "\n" not in str(error.value)
    model = build_transformer_model_v1(str(copied_transformer), lambda docs: [])
    with pytest.raises(ConfigValidationError, match=said):
        model.initialize()
    assert not mark.exists()


def test_architectures_that_transformers_has_need_no_code(
    copied_transformer: Path, mark: Path
) -> None:
    (copied_transformer / "own.py").write_text(CODE.format(mark=str(mark)))
    file = copied_transformer / "config.json"
    names = {"AutoConfig": "own.Own", "AutoModel": "own.Own"}
    file.write_text(json.dumps({**json.loads(file.read_text()), "auto_map": names}))
    objects = load_transformer(str(copied_transformer), {}, {})
    assert type(objects.transformer).__name__ == "BertModel"
    assert not mark.exists()


@pytest.mark.parametrize("fault", ["file", "kwargs", "auto_map", "pickle"])
def test_pipelines_of_spacy_transformers_are_looked_at_first(
    transformer_folder: Path, tmp_path: Path, mark: Path, corpus_folder: Path, fault: str
) -> None:
    trained(transformer_folder, THEIRS, steps=1).to_disk(tmp_path / "pipeline")
    path = tmp_path / "pipeline" / "transformer" / "model"
    require_harmless(tmp_path / "pipeline")
    outer, message = srsly.msgpack_loads(path.read_bytes()), read(tmp_path / "pipeline")
    if fault == "file":
        message["tokenizer"][str(mark)] = b"written"
    elif fault == "kwargs":
        message["tokenizer"]["kwargs"]["trust_remote_code"] = True
    elif fault == "auto_map":
        message["config"]["auto_map"] = {"AutoConfig": "own.Own"}
    else:
        file = io.BytesIO()
        torch.save({"x": Runs(mark)}, file)
        message["state"] = file.getvalue()
    outer["shims"] = [[packed(message)] if shims else [] for shims in outer["shims"]]
    path.write_bytes(packed(outer))
    with pytest.raises(ValueError, match=f"^{path}: not loaded: "):
        evaluate(str(tmp_path / "pipeline"), corpus_folder / "dev.spacy")
    assert not mark.exists()


def test_saved_files_name_no_path_of_this_machine(pipeline, transformer_folder: Path) -> None:
    data = (pipeline / "transformer" / "model").read_bytes()
    assert str(transformer_folder).encode() not in data
    assert not {"_name_or_path", "name_or_path"} & read(pipeline)["config"].keys()


def test_numbers_that_were_rounded_to_zero_are_given_back(pipeline) -> None:
    message = read(pipeline)
    assert message["config"]["layer_norm_eps"] == 1e-12
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        unpack(packed(message))
    message["config"]["layer_norm_eps"] = 0.0
    with pytest.warns(UserWarning, match=r"layer_norm_eps = 0, taken for 1e-12"):
        objects = unpack(packed(message))
    assert objects.transformer.config.layer_norm_eps == 1e-12
    assert objects.transformer.embeddings.LayerNorm.eps == 1e-12
