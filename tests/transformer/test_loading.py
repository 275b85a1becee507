"""Transformers that are loaded: none whose code is its own, none but with vectors."""

import json
from pathlib import Path

import pytest
import spacy
from thinc.api import ConfigValidationError

from adaptive_spacy.transformer.lengths import make_piece_lengths_v1
from adaptive_spacy.transformer.loading import load_config, load_tokenizer, load_transformer
from adaptive_spacy.transformer.model import build_transformer_model_v1
from adaptive_spacy.transformer.rate import make_rate_v1
from tests.transformer.hostile import CODE


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


@pytest.mark.parametrize("name", ["my-bert", "mpt", "mine"])
def test_kind_of_a_transformer_is_not_guessed_by_its_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match=f"{name}: expected .* found no config\\.json"):
        load_config(str(folder), {})
    with pytest.raises(ConfigValidationError, match=r"found no config\.json"):
        make_rate_v1("auto", str(folder))


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
