"""Confidences beside the share that is right: by hand, of a pipeline, and as a user sees them."""

import json
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.ner import confidence
from adaptive_spacy.training.calibration import measure_confidence, summarize
from adaptive_spacy.training.evaluation import predict, score
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples, learn, make_nlp

NOISE = [("Ada visits Ben Ray", "B-LOC O B-PER I-PER"), ("London calls Cleo", "B-PER O B-PER")]


@pytest.fixture(scope="module")
def nlp(transformer_folder: Path) -> Language:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    nlp.get_pipe("transformer_ner").temperature = 2.5
    return nlp


def predicted(nlp: Language, sentences=SENTENCES + NOISE) -> list[Example]:
    found = examples(nlp, sentences)
    predict(nlp, found)
    return found


def test_plain_confidences_are_those_of_temperature_one(nlp: Language) -> None:
    found, (later, *_) = predicted(nlp), predicted(nlp)
    # before anybody asks, what is stated
    entity = later.predicted.ents[0]
    assert confidence.read_plain(entity) == confidence.read(entity)
    assert measure_confidence(nlp, found) is not None
    docs = [eg.predicted for eg in found]
    # and it goes with the doc
    back = list(DocBin(store_user_data=True, docs=docs).get_docs(nlp.vocab))
    pipe = nlp.get_pipe("transformer_ner")
    pipe.temperature = 1.0
    try:
        sharp = [ent._.confidence for eg in predicted(nlp) for ent in eg.predicted.ents]
    finally:
        pipe.temperature = 2.5
    plain = [confidence.read_plain(ent) for doc in back for ent in doc.ents]
    assert plain == pytest.approx(sharp)
    assert plain != pytest.approx([ent._.confidence for doc in back for ent in doc.ents])
    # what is predicted again has lost it
    again = nlp(docs[0])
    assert confidence.read_plain(again.ents[0]) == confidence.read(again.ents[0])


def test_summary_by_hand() -> None:
    pairs = [(0.95, True), (0.95, False), (0.85, True), (0.2, False), (0.15, True), (1.0, True)]
    found = summarize(pairs)
    rows = [(row["from"], row["entities"]) for row in found["bins"] if row["entities"]]
    # a bin ends with its upper bound
    assert rows == [(0.1, 2), (0.8, 1), (0.9, 3)]
    highest = found["bins"][-1]
    assert (highest["confidence"], highest["right"]) == pytest.approx((2.9 / 3, 2 / 3))
    distances = 2 * abs(0.175 - 0.5) + abs(0.85 - 1.0) + 3 * abs(2.9 / 3 - 2 / 3)
    assert found["calibration_error"] == pytest.approx(distances / 6)
    squares = 0.05**2 + 0.95**2 + 0.15**2 + 0.2**2 + 0.85**2 + 0.0
    assert found["brier"] == pytest.approx(squares / 6)
    assert len(found["bins"]) == 10
    assert found["bins"][5] == {
        **{"from": 0.5, "to": 0.6, "entities": 0},
        **{"confidence": None, "right": None},
    }


@pytest.mark.parametrize(("sure", "bin_"), [(0.0, 0), (0.1, 0), (0.1 + 1e-9, 1), (1.0, 9)])
def test_every_confidence_has_a_bin(sure: float, bin_: int) -> None:
    counts = [row["entities"] for row in summarize([(sure, True)])["bins"]]
    assert counts == [int(i == bin_) for i in range(10)]


def test_confidences_are_measured_before_and_after_the_temperature(nlp: Language) -> None:
    found = measure_confidence(nlp, predicted(nlp))
    assert found is not None
    assert found["temperature"] == {"transformer_ner": 2.5}
    counts = [sum(row["entities"] for row in found[when]["bins"]) for when in ("before", "after")]
    assert counts[0] == counts[1] > 10
    pipe = nlp.get_pipe("transformer_ner")
    try:
        pipe.temperature = 1.0
        plain = measure_confidence(nlp, predicted(nlp))
    finally:
        pipe.temperature = 2.5
    assert plain["before"] == plain["after"] == found["before"]
    assert found["after"] != found["before"]


def test_entities_that_are_neither_right_nor_wrong_do_not_count(nlp: Language) -> None:
    expected = measure_confidence(nlp, predicted(nlp))
    some = [*predicted(nlp), Example(nlp("Ada calls"), Doc(nlp.vocab, words=["Ada", "calls"]))]
    assert some[-1].predicted.ents
    assert measure_confidence(nlp, some) == expected


def test_second_entity_on_a_token_of_the_reference_is_wrong(nlp: Language) -> None:
    """As it is in precision, and on the page of a training."""
    doc = nlp(Doc(nlp.vocab, words=["Ada", "calls", "Cleo"], spaces=[False, False, False]))
    assert [ent.text for ent in doc.ents] == ["Ada", "Cleo"]
    reference = Doc(nlp.vocab, words=["AdacallsCleo"], ents=["B-PER"])
    found = measure_confidence(nlp, [Example(doc, reference)])
    assert found is not None
    rows = [row for row in found["after"]["bins"] if row["entities"]]
    assert sum(row["entities"] * row["right"] for row in rows) == 1
    assert sum(row["entities"] for row in rows) == 2


def test_entities_of_others_do_not_count(nlp: Language) -> None:
    expected = measure_confidence(nlp, predicted(nlp))
    ruler = nlp.add_pipe("entity_ruler", first=True)
    try:
        ruler.add_patterns([{"label": "VERB", "pattern": "loves"}])
        some = predicted(nlp)
        assert any(ent.label_ == "VERB" for eg in some for ent in eg.predicted.ents)
        found = measure_confidence(nlp, some)
    finally:
        nlp.remove_pipe("entity_ruler")
    counts = [sum(row["entities"] for row in one["after"]["bins"]) for one in (found, expected)]
    # what others set may cut the sentence, and says nothing of itself
    assert counts[0] <= counts[1]


@pytest.mark.parametrize("decoder", ["viterbi", "greedy"])
def test_entities_set_behind_change_no_confidence(nlp: Language, decoder: str, monkeypatch) -> None:
    pipe = nlp.get_pipe("transformer_ner")
    monkeypatch.setattr(pipe, "decoder", decoder)
    monkeypatch.setitem(pipe.cfg, "temperature", 1.0)
    expected = measure_confidence(nlp, predicted(nlp))
    ruler = nlp.add_pipe("entity_ruler", last=True)
    try:
        verbs = [{"label": "VERB", "pattern": verb} for verb in ("visits", "calls", "loves")]
        ruler.add_patterns(verbs)
        some = predicted(nlp)
        assert any(ent.label_ == "VERB" for eg in some for ent in eg.predicted.ents)
        assert measure_confidence(nlp, some) == expected
    finally:
        nlp.remove_pipe("entity_ruler")
    assert expected is not None
    assert expected["before"] == expected["after"]


def test_a_second_component_behind_changes_no_confidence(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    nlp.add_pipe("transformer_ner", name="second")
    nlp.get_pipe("transformer_ner").add_label("PER")
    nlp.get_pipe("second").add_label("LOC")
    nlp.initialize()
    some = predicted(nlp)
    found = measure_confidence(nlp, some)
    labels = {ent.label_ for eg in some for ent in eg.predicted.ents}
    assert labels == {"PER", "LOC"}
    assert found is not None
    assert found["before"] == found["after"]
    stated = [confidence.read(ent) for eg in some for ent in eg.predicted.ents]
    assert [confidence.read_plain(ent) for eg in some for ent in eg.predicted.ents] == stated


def test_pipelines_without_confidences_have_none_to_measure(nlp: Language) -> None:
    other = spacy.blank("xx")
    other.add_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": "Ada"}])
    metrics = score(other, predicted(other))
    assert metrics["confidence"] is None
    nothing = predicted(nlp, [("nothing happens here .", "O O O O")])
    assert measure_confidence(nlp, nothing) is None


def test_evaluate_says_how_far_confidences_can_be_trusted(nlp, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "model")
    before = {path: path.read_bytes() for path in (tmp_path / "model").rglob("*") if path.is_file()}
    docs = [eg.reference for eg in examples(nlp, SENTENCES + NOISE)]
    DocBin(docs=docs).to_disk(tmp_path / "dev.spacy")
    arguments = [str(tmp_path / "model"), str(tmp_path / "dev.spacy")]
    done = CliRunner().invoke(app, ["evaluate", *arguments, "--output", str(tmp_path / "m.json")])
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines()]
    assert ["Confidence", "Entities", "Mean", "Right"] in rows
    measured = json.loads((tmp_path / "m.json").read_text())["confidence"]
    assert measured["temperature"] == {"transformer_ner": 2.5}
    errors = [f"{100 * measured[one]['calibration_error']:.2f}" for one in ("after", "before")]
    assert ["Expected", "calibration", "error", *errors] in rows
    assert ["Temperature", "of", "transformer_ner", "2.5", "1"] in rows
    # the pipeline is what it was
    assert {path: path.read_bytes() for path in before} == before
