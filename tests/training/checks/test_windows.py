"""Windows of a transformer: what they cut, and what they have too many word pieces for."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.config.names import TOK2VEC
from tests.conftest import write_corpus
from tests.training.checks.util import findings_of
from tests.trainings import read
from tests.transformer.pipelines import OURS, THEIRS, trained


def write(path: Path, sentences: list[tuple[str, str]]) -> str:
    return str(write_corpus(path, sentences))


GET_SPANS = "components__transformer__model__get_spans"


def test_entities_that_no_window_holds(sound_corpus, transformer_folder, tmp_path) -> None:
    # windows of 4 tokens from 0, 2, 4: the entity of tokens 1 to 4 lies in none
    sentences = [("in New York New York today .", "O B-LOC I-LOC I-LOC I-LOC O O")]
    path = write(tmp_path / "dev.spacy", [*sentences, ("Ada", "B-PER")])
    window = {f"{GET_SPANS}__window": 4, f"{GET_SPANS}__stride": 2}
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path, **window))
    assert found.errors == [
        "[corpora.dev] 1 of 2 entities lie in no window as a whole, e.g. document 1, the LOC of 4 "
        "tokens 'New York New York': raise window, or window - stride to the longest entity"
    ]
    wide = {f"{GET_SPANS}__window": 4, f"{GET_SPANS}__stride": 1}
    assert findings_of(read(sound_corpus, transformer_folder, paths__dev=path, **wide)).errors == []


LONG = ("ada " * 70 + "Paris", "O " * 70 + "B-LOC")


def test_windows_beyond_what_the_transformer_takes(
    sound_corpus, transformer_folder, tmp_path
) -> None:
    path = write(tmp_path / "dev.spacy", [LONG, ("Cleo", "B-PER")])
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path))
    assert found.errors == [
        "[corpora.dev] 1 windows have more word pieces than the transformer takes (the longest "
        "73): the tokens beyond get no vector; lower window"
    ]


@pytest.mark.parametrize("limit", [512, None])
def test_ours_takes_no_more_than_it_has_positions(
    sound_corpus, copied_transformer, tmp_path, limit: int | None
) -> None:
    path = write(tmp_path / "dev.spacy", [LONG, ("Cleo", "B-PER")])
    state_limit(copied_transformer, limit)
    found = findings_of(read(sound_corpus, copied_transformer, paths__dev=path))
    assert found.errors == [
        "[corpora.dev] 1 windows have more word pieces than the transformer takes (the longest "
        "73): the tokens beyond get no vector; lower window"
    ]


def test_that_of_spacy_transformers_breaks_off_beyond_its_positions(
    sound_corpus, copied_transformer, tmp_path
) -> None:
    path = write(tmp_path / "dev.spacy", [LONG, ("Cleo", "B-PER")])
    state_limit(copied_transformer, 512)
    found = findings_of(read(sound_corpus, copied_transformer, "ner", paths__dev=path))
    assert found.errors == [
        "[corpora.dev] 1 windows have more word pieces than the transformer has positions (the "
        "longest 73): the training would break off; lower window, or set model_max_length in "
        "tokenizer_config"
    ]


def state_limit(folder: Path, limit: int | None) -> None:
    """State the limit of the tokenizer in a folder, or none."""
    path = folder / "tokenizer_config.json"
    settings = {**json.loads(path.read_text()), "model_max_length": limit}
    if limit is None:
        del settings["model_max_length"]
    path.write_text(json.dumps(settings))


BEYOND = (
    "[corpora.dev] 1 windows have more word pieces than the transformer has positions (the longest "
    "73): the training would break off; lower window, or set model_max_length in tokenizer_config"
)
TAKES = (
    "[corpora.dev] 1 windows have more word pieces than the transformer takes (the longest 73): "
    "the tokens beyond get no vector; lower window"
)
HIGHER = {"model_max_length": 512}


@pytest.mark.parametrize("settings", [{}, HIGHER])
def test_so_does_a_transformer_inside_of_a_pipe(
    settings: dict[str, Any], sound_corpus, transformer_folder, tmp_path
) -> None:
    path = write(tmp_path / "dev.spacy", [LONG, ("Cleo", "B-PER")])
    config = read(sound_corpus, transformer_folder, paths__dev=path)
    shared = config["components"].pop("transformer")["model"]
    config["nlp"]["pipeline"] = ["transformer_ner"]
    config["components"].pop("transformer_cleaner")
    inner = {
        "@architectures": TOK2VEC,
        "name": shared["name"],
        "get_spans": shared["get_spans"],
        "tokenizer_config": {"use_fast": True, **settings},
        "pooling": {"@layers": "adaptive_spacy.first_piece.v1"},
    }
    model = {"@architectures": "adaptive_spacy.TokenClassifier.v1", "tok2vec": inner}
    config["components"]["transformer_ner"]["model"] = model
    assert findings_of(config).errors == [TAKES]


@pytest.mark.parametrize(
    ("architecture", "settings", "line"),
    [(OURS, {}, TAKES), (OURS, HIGHER, TAKES), (THEIRS, {}, TAKES), (THEIRS, HIGHER, BEYOND)],
)
def test_a_sourced_transformer_needs_not_the_folder_that_it_was_made_of(
    architecture: str,
    settings: dict[str, Any],
    line: str,
    sound_corpus,
    transformer_folder,
    copied_transformer,
    tmp_path,
) -> None:
    path = write(tmp_path / "dev.spacy", [LONG, ("Cleo", "B-PER")])
    config = read(sound_corpus, transformer_folder, paths__dev=path)
    spans = {**config["components"]["transformer"]["model"]["get_spans"], "window": 128}
    given = {
        "get_spans": {**spans, "stride": 96},
        "tokenizer_config": {"use_fast": True, **settings},
    }
    trained(copied_transformer, architecture, steps=1, **given).to_disk(tmp_path / "first")
    shutil.rmtree(copied_transformer)
    config["components"]["transformer"] = {"source": str(tmp_path / "first")}
    assert findings_of(config).errors == [line]
