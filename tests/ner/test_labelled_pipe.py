"""Labels that are added one by one, and what is written of a component."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
from numpy.testing import assert_array_equal
from spacy.language import Language
from thinc.api import Adam, Model, noop

from adaptive_spacy.ner import labelled_pipe
from adaptive_spacy.ner.component import TransformerNER
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples, found, learn, make_nlp

MANY = [f"TYPE{i}" for i in range(2000)]


@pytest.fixture(scope="module")
def saved(transformer_folder: Path, tmp_path_factory) -> Path:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    folder: Path = tmp_path_factory.mktemp("saved") / "model"
    nlp.to_disk(folder)
    return folder


@pytest.fixture
def nlp(saved: Path) -> Language:
    return spacy.load(saved)


def output_layer(nlp: Language) -> Any:
    return nlp.get_pipe("transformer_ner").model.get_ref("output_layer")


def test_the_output_layer_grows_once_for_labels_added_in_a_loop(nlp, monkeypatch) -> None:
    ner = nlp.get_pipe("transformer_ner")
    before = {name: output_layer(nlp).get_param(name).copy() for name in ("W", "b")}
    grown: list[int] = []
    resize = ner.model.attrs["resize_output"]

    def count(model: Model, rows: int) -> Model:
        grown.append(rows)
        return resize(model, rows)

    ner.model.attrs["resize_output"] = count
    # nor are the tags of all labels listed for each
    listed: list[int] = []
    monkeypatch.setattr(labelled_pipe, "TagSet", lambda *args: listed.append(1))
    assert [ner.add_label(label) for label in MANY] == [1] * len(MANY)
    assert [ner.add_label(label) for label in MANY[:3]] == [0, 0, 0]
    assert (grown, listed) == ([], [])
    rows = 1 + 2 * (2 + len(MANY))
    layer = output_layer(nlp)
    assert grown == [rows]
    assert (ner.model.get_dim("nO"), layer.get_dim("nO")) == (rows, rows)
    for name, values in before.items():
        assert_array_equal(layer.get_param(name)[: len(values)], values)
        assert not layer.get_param(name)[len(values) :].any()


# each reads the weights in another way
USES = {
    "call": lambda nlp: nlp("Ada lives in Paris ."),
    "pipe": lambda nlp: list(nlp.pipe(["Ada lives in Paris ."])),
    "evaluate": lambda nlp: nlp.evaluate(examples(nlp)),
    "update": lambda nlp: nlp.update(examples(nlp), sgd=Adam(1e-9)),
    "to_bytes": lambda nlp: nlp.to_bytes(),
    "pickle": pickle.dumps,
    "the model": lambda nlp: nlp.get_pipe("transformer_ner").model.get_dim("nO"),
    "resume": lambda nlp: nlp.resume_training(),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_every_use_meets_all_rows(nlp: Language, use) -> None:
    nlp.get_pipe("transformer_ner").add_label("TEAM")
    use(nlp)
    # what spaCy's own code, which passes the property by, would meet
    model = labelled_pipe.MODEL.__get__(nlp.get_pipe("transformer_ner"))
    if use is not USES["resume"]:
        assert model.get_dim("nO") == 7
    assert found(nlp("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]
    assert output_layer(nlp).get_param("W").shape[0] == 7


def test_other_weights_for_a_while_have_all_rows(nlp: Language) -> None:
    nlp.get_pipe("transformer_ner").add_label("TEAM")
    layer = output_layer(nlp)
    zeros = numpy.zeros_like(layer.get_param("W"))
    with nlp.use_params({(layer.id, "W"): zeros}):
        assert not output_layer(nlp).get_param("W").any()
    assert output_layer(nlp).get_param("W").any()


def test_a_copy_and_a_file_have_labels_added_at_last(nlp: Language, tmp_path: Path) -> None:
    nlp.get_pipe("transformer_ner").add_label("TEAM")
    nlp.to_disk(tmp_path / "model")
    for copy in (spacy.load(tmp_path / "model"), pickle.loads(pickle.dumps(nlp))):
        ner = copy.get_pipe("transformer_ner")
        assert ner.labels == ("LOC", "PER", "TEAM")
        assert ner.add_label("TEAM") == 0
        assert ner.add_label("CITY") == 1
        assert output_layer(copy).get_dim("nO") == 9


def test_threads_grow_it_once(nlp: Language) -> None:
    nlp.get_pipe("transformer_ner").add_label("TEAM")
    expected = found(nlp("New York loves Ben Ray"))
    for label in MANY[:50]:
        nlp.get_pipe("transformer_ner").add_label(label)
    with ThreadPoolExecutor(8) as pool:
        docs = list(pool.map(nlp, ["New York loves Ben Ray"] * 32))
    assert [found(doc) for doc in docs] == [expected] * 32


# each is changed by a writer of ten decimals
FLOATS = [1e-12, 0.1234567890123456, 1 / 3, 5e-324, 1.7976931348623157e308, 2.0**-30, 1e22 / 7]


def copies(ner: TransformerNER, folder: Path) -> dict[str, TransformerNER]:
    def fresh() -> TransformerNER:
        return TransformerNER(ner.vocab, noop())

    ner.to_disk(folder)
    return {
        "to_disk": fresh().from_disk(folder),
        "to_bytes": fresh().from_bytes(ner.to_bytes()),
        "pickle": pickle.loads(pickle.dumps(ner)),
    }


@pytest.mark.parametrize("number", FLOATS)
def test_every_number_is_read_as_it_was_written(number: float, tmp_path: Path) -> None:
    ner = TransformerNER(spacy.blank("xx").vocab, noop())
    weights = {"O": 1.0, "PER": number}
    ner.cfg.update(labels=["PER"], type_weights=weights, other=[number])
    for way, copy in copies(ner, tmp_path / "ner").items():
        assert copy.cfg == ner.cfg, way


def test_class_weights_train_the_same_after_reading(transformer_folder, tmp_path) -> None:
    weights = {"O": 1e-12, "PER": 1 / 3, "LOC": 0.1234567890123456}
    nlp = make_nlp(transformer_folder, class_weights=weights)
    nlp.initialize(lambda: examples(nlp, SENTENCES))
    nlp.to_disk(tmp_path / "model")
    read = spacy.load(tmp_path / "model").get_pipe("transformer_ner")
    assert read.cfg["type_weights"] == weights
    assert read.class_weights == weights


def test_a_damaged_cfg_is_one_line(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    (tmp_path / "transformer_ner" / "cfg").write_text('{"labels": [')
    with pytest.raises(ValueError, match=r"cfg: expected the labels of transformer_ner, but"):
        spacy.load(tmp_path)


def test_labels_that_were_read_are_those_it_knows() -> None:
    def pipe(*labels: str) -> TransformerNER:
        ner = TransformerNER(spacy.blank("xx").vocab, noop())
        for label in labels:
            ner.add_label(label)
        return ner

    # as many as before, but others
    read = pipe("A", "B").from_bytes(pipe("X", "Y").to_bytes())
    assert (read.add_label("X"), read.add_label("A")) == (0, 1)
    assert read.labels == ("X", "Y", "A")


def test_a_model_that_does_not_fit_leaves_the_labels(nlp: Language, transformer_folder) -> None:
    ner = nlp.get_pipe("transformer_ner")
    other = make_nlp(transformer_folder)
    other.initialize(lambda: examples(other, SENTENCES))
    more = other.get_pipe("transformer_ner")
    for label in ("ONE", "TWO"):
        more.add_label(label)
    before = ner.labels
    with pytest.raises(ValueError, match="nO"):
        ner.from_bytes(more.to_bytes())
    assert ner.labels == before
