"""A saved transformer is read back exactly, and nothing in it executes or leaves its folder."""

import json
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import srsly
import torch
from spacy_transformers.data_classes import HFObjects
from spacy_transformers.span_getters import get_doc_spans
from thinc.api import ConfigValidationError
from transformers import AutoConfig, AutoTokenizer

from adaptive_spacy.transformer.loading import load_transformer
from adaptive_spacy.transformer.model import build_transformer_model_v1
from adaptive_spacy.transformer.shim import TransformerShim


@pytest.fixture
def model(transformer_folder: Path) -> Any:
    model = build_transformer_model_v1(str(transformer_folder), get_doc_spans)
    model.initialize()
    return model


def shim_of(model: Any) -> TransformerShim:
    return model.layers[0].shims[0]


def read_back(message: dict[str, Any]) -> TransformerShim:
    shim = TransformerShim(HFObjects(None, None, None, {}, {}))
    return shim.from_bytes(srsly.msgpack_dumps(message))


def packed(model: Any) -> dict[str, Any]:
    return srsly.msgpack_loads(shim_of(model).to_bytes())


def floats(values: Any, path: str = "") -> dict[str, float]:
    if isinstance(values, dict):
        return {k: v for key in values for k, v in floats(values[key], f"{path}.{key}").items()}
    return {path: values} if isinstance(values, float) else {}


def test_attention_is_as_fast_after_loading(model: Any, copied_transformer: Path) -> None:
    # transformers 4.45 to 4.51 write this into what they save, and configs of the hub have it
    noted = {"_attn_implementation_autoset": True}
    message = packed(model)
    message["config"].update(noted)
    path = copied_transformer / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **noted}))
    expected = shim_of(model)._model.config._attn_implementation
    from_folder = load_transformer(str(copied_transformer), {}, {}).transformer
    assert from_folder.config._attn_implementation == expected
    assert read_back(message)._model.config._attn_implementation == expected


@pytest.mark.parametrize("eps", [1e-12, 1e-300, 0.1 + 0.2])
def test_every_float_of_the_config_comes_back_exactly(model: Any, eps: float) -> None:
    shim = shim_of(model)
    shim._model.config.layer_norm_eps = eps
    back = read_back(packed(model))
    before, after = (floats(one._model.config.to_dict()) for one in (shim, back))
    assert before[".layer_norm_eps"] == eps
    assert len(before) > 3
    assert after == before
    assert back._model.encoder.layer[0].output.LayerNorm.eps == eps
    states = shim._model.state_dict(), back._model.state_dict()
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize(
    "name", ["/tmp/x.json", "../x.json", "a/b.json", "a\\b.json", "C:x", "evil.py", "", "x\0.json"]
)
def test_file_name_that_leads_outside_is_refused(model: Any, tmp_path: Path, name: str) -> None:
    message = packed(model)
    message["tokenizer"][name] = b"mine"
    with pytest.raises(ValueError, match=r"expected (the bare name of )?a tokenizer's file, got"):
        read_back(message)


def test_absolute_file_name_writes_nothing(model: Any, tmp_path: Path) -> None:
    message = packed(model)
    message["tokenizer"][str(tmp_path / "owned")] = b"mine"
    with pytest.raises(ValueError, match=r"expected the bare name of a tokenizer's file, got"):
        read_back(message)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "settings",
    [{"trust_remote_code": True}, {"use_fast": "x"}, {"use_fast": True, "revision": "a"}],
)
def test_settings_of_a_tokenizer_are_not_taken_on_trust(model: Any, settings: Any) -> None:
    message = packed(model)
    message["tokenizer"]["kwargs"] = settings
    with pytest.raises(ValueError, match="expected use_fast alone for its tokenizer"):
        read_back(message)


@pytest.mark.parametrize("file", ["tokenizer_config.json", "config.json"])
def test_code_that_a_file_names_does_not_run(model: Any, tmp_path: Path, file: str) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    mapping = {name: f"{code}--evil.X" for name in ("AutoConfig", "AutoModel", "AutoTokenizer")}
    message = packed(model)
    if file == "config.json":
        message["config"]["auto_map"] = mapping
    else:
        content = json.loads(message["tokenizer"][file])
        message["tokenizer"][file] = json.dumps({**content, "auto_map": mapping}).encode()
    read_back(message)
    assert not (tmp_path / "ran").exists()


def test_pickled_code_among_the_weights_does_not_run(model: Any, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save({"x": Evil()}, tmp_path / "state")
    message = packed(model)
    message["state"] = (tmp_path / "state").read_bytes()
    with pytest.raises(Exception, match=r"[Ww]eights"):
        read_back(message)
    assert not (tmp_path / "ran").exists()


def test_weights_that_are_missing_are_named(model: Any) -> None:
    message = packed(model)
    shim = shim_of(model)
    state = {k: v for k, v in shim._model.state_dict().items() if "layer.1" not in k}
    file = BytesIO()
    torch.save(state, file)
    message["state"] = file.getvalue()
    with pytest.raises(ValueError, match="are missing"):
        read_back(message)


@pytest.mark.parametrize("argument", ["tokenizer_config", "transformer_config"])
def test_config_cannot_ask_for_code_of_a_model(transformer_folder: Path, argument: str) -> None:
    with pytest.raises(ConfigValidationError, match="never run"):
        build_transformer_model_v1(
            str(transformer_folder),
            get_doc_spans,
            **{argument: {"trust_remote_code": True}},
        )


def test_nothing_is_asked_on_the_terminal(
    transformer_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    for loader in (AutoConfig, AutoTokenizer):
        load = loader.from_pretrained

        def record(*args: Any, load: Any = load, name: str = loader.__name__, **kwargs: Any) -> Any:
            asked.append((name, kwargs.get("trust_remote_code")))
            return load(*args, **kwargs)

        monkeypatch.setattr(loader, "from_pretrained", record)
    build_transformer_model_v1(str(transformer_folder), get_doc_spans).initialize()
    assert ("AutoConfig", False) in asked
    assert ("AutoTokenizer", False) in asked
