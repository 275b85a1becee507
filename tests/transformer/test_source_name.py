"""Files name no folder of the machine that they were written on, wherever the transformer is."""

from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly
from spacy.language import Language

from adaptive_spacy.training.optimizer import make_adamw_v1
from adaptive_spacy.transformer.source_name import SourceName
from tests.ner.pipelines import examples, found
from tests.transformer.hostile import read_message
from tests.transformer.pipelines import OURS, TEXTS, make_nlp

OWN = "adaptive_spacy.Tok2VecTransformer.v1"


def make_shared(folder: Path) -> Language:
    return make_nlp(folder, OURS)


def make_own(folder: Path) -> Language:
    """A transformer inside of the component."""
    nlp = spacy.blank("xx")
    spans = {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 16, "stride": 12}
    tok2vec = {
        "@architectures": OWN,
        "name": str(folder),
        "get_spans": spans,
        "pooling": {"@layers": "adaptive_spacy.first_piece.v1"},
    }
    model = {"@architectures": "adaptive_spacy.TokenClassifier.v1", "tok2vec": tok2vec}
    nlp.add_pipe("transformer_ner", config={"model": model})
    return nlp


MAKERS = {"transformer": make_shared, "transformer_ner": make_own}


@pytest.fixture(params=MAKERS)
def holder(request: pytest.FixtureRequest) -> str:
    """The component that has the transformer."""
    return str(request.param)


@pytest.fixture
def nlp(holder: str, transformer_folder: Path) -> Language:
    nlp = MAKERS[holder](transformer_folder)
    nlp.initialize(lambda: examples(nlp))
    return nlp


def files_with(folder: Path, text: str) -> list[str]:
    """RETURNS (list[str]): The files that hold a text, but for the config, which is spaCy's."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "config.cfg"]
    return [str(path.relative_to(folder)) for path in files if text.encode() in path.read_bytes()]


def names(file: Path) -> list[Any]:
    """RETURNS (list): What a model's file says of where its networks came from."""
    attrs = srsly.msgpack_loads(file.read_bytes())["attrs"]
    return [srsly.msgpack_loads(one["name"]) for one in attrs if "has_transformer" in one]


def test_saved_files_name_no_path_of_this_machine(
    nlp: Language, holder: str, transformer_folder: Path, tmp_path: Path
) -> None:
    nlp.to_disk(tmp_path / "model")
    assert files_with(tmp_path / "model", str(transformer_folder.parent)) == []
    assert names(tmp_path / "model" / holder / "model") == [transformer_folder.name]
    data = nlp.to_bytes(exclude=["config"])
    assert str(transformer_folder.parent).encode() not in data
    loaded = spacy.load(tmp_path / "model")
    loaded.to_disk(tmp_path / "again")
    assert names(tmp_path / "again" / holder / "model") == [transformer_folder.name]


def test_nor_do_they_in_what_the_network_says_of_itself(pipeline: Path) -> None:
    assert not {"_name_or_path", "name_or_path"} & read_message(pipeline)["config"].keys()


def test_one_that_took_the_transformer_along_names_none(
    transformer_folder: Path, tmp_path: Path
) -> None:
    nlp = make_shared(transformer_folder)
    nlp.initialize(lambda: examples(nlp))
    nlp.replace_listeners("transformer", "transformer_ner", ["model.tok2vec"])
    for folder in (tmp_path / "model", tmp_path / "again"):
        nlp.to_disk(folder)
        assert files_with(folder, str(transformer_folder.parent)) == []
        nlp = spacy.load(folder)


@pytest.mark.parametrize("path", ["/home/somebody/models/bert", r"C:\Users\somebody\bert"])
def test_files_of_before_are_read_and_lose_their_path(
    nlp: Language, holder: str, path: str, tmp_path: Path
) -> None:
    nlp.update(examples(nlp), sgd=make_adamw_v1(3e-3))
    expected = [found(doc) for doc in nlp.pipe(TEXTS)]
    nlp.to_disk(tmp_path / "model")
    file = tmp_path / "model" / holder / "model"
    message = srsly.msgpack_loads(file.read_bytes())
    for attrs in message["attrs"]:
        if "has_transformer" in attrs:
            attrs["name"] = srsly.msgpack_dumps(path)
    file.write_bytes(srsly.msgpack_dumps(message))
    assert names(file) == [path]
    loaded = spacy.load(tmp_path / "model")
    assert [found(doc) for doc in loaded.pipe(TEXTS)] == expected
    loaded.to_disk(tmp_path / "again")
    assert names(tmp_path / "again" / holder / "model") == ["bert"]


def test_a_pipeline_without_its_network_names_where_that_is(
    holder: str, transformer_folder: Path, tmp_path: Path
) -> None:
    MAKERS[holder](transformer_folder).to_disk(tmp_path)
    assert names(tmp_path / holder / "model") == [str(transformer_folder)]
    nlp = spacy.load(tmp_path)
    nlp.initialize(lambda: examples(nlp))


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("/a/b/bert", "bert"),
        ("/a/b/bert/", "bert"),
        ("./bert", "bert"),
        ("~/models/bert", "bert"),
        (r"C:\a\bert", "bert"),
        (r"..\bert", "bert"),
        ("google/bert-tiny", "google/bert-tiny"),
        ("bert-base-cased", "bert-base-cased"),
    ],
)
def test_names_of_the_hub_stay(name: str, bare: str) -> None:
    assert SourceName(name).bare == bare
