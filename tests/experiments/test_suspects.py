"""Suspects among the labels: ranked by hand, written for tools, and read back."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.experiments.suspect_files import describe, write_suspects
from adaptive_spacy.experiments.suspects import KINDS, Suspect, rank_suspects
from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.tags import Entity
from benchmarks.quality.corruption import BOUNDARY, INCONSISTENT, MISSING, TYPE, WAYS, corrupt
from benchmarks.quality.suspects import by_model, find
from tests.conftest import write_corpus
from tests.report.runs import ROWS, Row, make_docs, write_crossfit, write_training

#: What three other places say of Paris
OTHERS: list[Row] = [("Paris calls", "B-LOC O", "B-LOC O", [0.9])] * 3


def rank(*rows: Row) -> list[Suspect]:
    confidence.register()
    gold, found = make_docs(rows)
    return rank_suspects([Example(one, other) for one, other in zip(found, gold, strict=True)])


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (("Paris shines", "O O", "B-LOC O", [0.9]), "missing"),
        (("Paris shines", "B-PER O", "B-LOC O", [0.9]), "type"),
        (("Paris shines", "B-LOC I-LOC", "B-LOC O", [0.9]), "boundary"),
        (("Paris shines", "B-PER I-PER", "B-LOC O", [0.9]), "type and boundary"),
        (("Paris shines", "B-PER O", "O O", []), "no entity"),
        (("Paris shines", "B-PER O", "B-PER O", [0.6]), "unsure, or read otherwise elsewhere"),
    ],
)
def test_damaged_label_comes_first(row: Row, kind: str) -> None:
    first, *others = rank(*OTHERS, row)
    assert (first.doc, first.kind) == (3, kind)
    assert first.text.startswith("Paris")
    assert len(others) == 3
    assert first.score > max(one.score for one in others)
    assert {one.kind for one in others} == {"unsure, or read otherwise elsewhere"}
    assert kind in KINDS.values()


def test_score_is_the_product_of_both_odds() -> None:
    first = rank(*OTHERS, ("Paris shines", "B-PER O", "B-LOC O", [0.9]))[0]
    assert (first.for_it, first.against_it) == (0, 3)
    odds = 0.9 / 0.1 * 3.5 / 0.5
    assert first.score == pytest.approx(odds / (1 + odds))
    # nothing speaks for or against it but the model
    alone = rank(("Ada shines", "O O", "B-PER O", [0.9]))[0]
    assert alone.score == pytest.approx(0.9)
    # a model that is too sure counts as less sure
    assert rank(("Ada shines", "O O", "B-PER O", [1.0]))[0].score == pytest.approx(0.98)
    assert rank(("Ada shines", "O O", "B-PER O", [0.0]))[0].score == pytest.approx(0.02)


def test_model_speaks_at_temperature_one_where_that_is_known() -> None:
    confidence.register()
    gold, found = make_docs([("Ada shines", "O O", "B-PER O", [0.7])])
    confidence.write_plain(found[0].ents[0], 0.95)
    (one,) = rank_suspects([Example(found[0], gold[0])])
    assert (one.confidence, one.score) == (0.95, pytest.approx(0.95))


def test_other_places_that_are_not_annotated_speak_for_a_missing_label() -> None:
    free: Row = ("Paris sleeps", "O O", "O O", [])
    (first, *_) = rank(free, free, *OTHERS, ("Paris shines", "O O", "B-LOC O", [0.9]))
    assert (first.doc, first.for_it, first.against_it) == (5, 2, 3)


@pytest.mark.parametrize("found", ["O O", "B-LOC O"])
def test_other_places_that_are_not_annotated_speak_against_a_label(found: str) -> None:
    """Whether the model finds it or not."""
    free: Row = ("Paris sleeps", "O O", "O O", [])
    row: Row = ("Paris shines", "B-LOC O", found, [0.9] if "B" in found else [])
    (one,) = [one for one in rank(free, free, *OTHERS, row) if one.doc == 5]
    assert (one.for_it, one.against_it) == (3, 2)


NEW_YORK_TIMES = "New York Times reports"
HALVES, WHOLE = "B-LOC I-LOC B-ORG O", "B-ORG I-ORG I-ORG O"


def test_part_of_an_annotated_entity_is_no_missing_label() -> None:
    """Each part is a suspect boundary, though one alone is the entity's pair."""
    ranked = rank((NEW_YORK_TIMES, WHOLE, HALVES, [0.9, 0.8]))
    assert [(one.text, one.annotated) for one in ranked] == [
        ("New York Times", Entity(0, 3, "ORG"))
    ] * 2
    assert [describe(one) for one in ranked] == [
        "type and boundary: 'New York Times' annotated ORG, model 'New York' LOC, 90 % sure; "
        "elsewhere 0 for it, 0 against it",
        "boundary: 'New York Times' annotated ORG, model 'Times' ORG, 80 % sure; "
        "elsewhere 0 for it, 0 against it",
    ]
    assert ranked[0].to_dict()["predicted_text"] == "New York"


def test_annotated_part_of_a_predicted_entity_is_not_without_a_prediction() -> None:
    ranked = rank((NEW_YORK_TIMES, HALVES, WHOLE, [0.9]))
    assert {describe(one).split(", 90 %")[0] for one in ranked} == {
        "type and boundary: 'New York' annotated LOC, model 'New York Times' ORG",
        "boundary: 'Times' annotated ORG, model 'New York Times' ORG",
    }


def test_other_places_speak_of_both_readings_of_a_part() -> None:
    there: Row = ("New York sleeps", "B-LOC I-LOC O", "B-LOC I-LOC O", [0.9])
    here: Row = (NEW_YORK_TIMES, WHOLE, WHOLE, [0.9])
    ranked = rank(there, there, here, (NEW_YORK_TIMES, WHOLE, HALVES, [0.9, 0.8]))
    (one,) = [one for one in ranked if one.predicted_text == "New York"]
    assert (one.doc, one.for_it, one.against_it) == (3, 1, 2)


def test_docs_without_annotation_are_no_suspects() -> None:
    confidence.register()
    gold, found = make_docs(ROWS)
    bare = Doc(gold[0].vocab, words=["Ada", "sings"])
    ranked = rank_suspects([Example(found[0], gold[0]), Example(bare.copy(), bare)])
    assert {one.doc for one in ranked} == {0}


@pytest.fixture
def ranked() -> tuple[list[Suspect], list[Doc]]:
    return rank(*ROWS), make_docs(ROWS)[0]


def test_spans_are_lines_of_json(ranked: Any, tmp_path: Path) -> None:
    suspects, docs = ranked
    assert write_suspects(suspects, docs, tmp_path / "list.jsonl") == (len(suspects), {}) == (7, {})
    lines = [json.loads(one) for one in (tmp_path / "list.jsonl").read_text().splitlines()]
    assert [one["score"] for one in lines] == sorted((one["score"] for one in lines), reverse=True)
    acme = next(one for one in lines if one["text"] == "Acme")
    assert acme["doc"] == 4
    assert acme["annotated"] is None
    assert acme["predicted"] == [2, 3, "ORG"]
    assert acme["kind"] == "missing"


@pytest.mark.parametrize(
    ("tool", "name"),
    [("prodigy", "look.jsonl"), ("doccano", "look.jsonl"), ("label-studio", "look.json")],
)
def test_tasks_are_read_back_as_the_labels_they_hold(
    ranked: Any, tmp_path: Path, tool: str, name: str
) -> None:
    suspects, docs = ranked
    number, left_out = write_suspects(suspects, docs, tmp_path / name, format=tool)
    # the order of each doc's strongest; "nothing happens here" has no entity
    places = list(dict.fromkeys(one.doc for one in suspects))
    assert (number, left_out) == (len(places), {}) == (4, {})
    convert([tmp_path / name], tmp_path / "corpus", format=tool, lang="en")
    back = list(read_docs(tmp_path / "corpus" / "look.spacy", spacy.blank("xx").vocab))
    assert [[(ent.text, ent.label_) for ent in doc.ents] for doc in back] == [
        [(ent.text, ent.label_) for ent in docs[i].ents] for i in places
    ]
    text = (tmp_path / name).read_text(encoding="utf8")
    assert "annotated as nothing, model ORG, 95 % sure" in text
    # what is recognised needs no --format
    assert convert([tmp_path / name], tmp_path / "again", lang="en").output == tmp_path / "again"


def test_describe_says_what_both_witnesses_say() -> None:
    entity = Entity(0, 1, "LOC")
    one = Suspect(0, "type", 0.9, "Paris", Entity(0, 1, "PER"), entity, None, 0.97, 1, 4)
    assert describe(one) == (
        "type: 'Paris' annotated PER, model LOC, 97 % sure; elsewhere 1 for it, 4 against it"
    )


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["suspects", *map(str, arguments)])
    return result.exit_code, result.output


def test_suspects_of_crossfit_are_shown_and_written(tmp_path: Path) -> None:
    training = write_crossfit(tmp_path / "mine")
    output = tmp_path / "look.jsonl"
    code, out = run(training, "--output", output, "--share", "0.3")
    assert code == 0
    lines = out.splitlines()
    assert "document 4, missing: 'Acme' annotated as nothing, model ORG, 95 % sure" in lines[0]
    assert lines[-2] == (
        "2 of 7 annotated or predicted entities of the labels, each held out once, the most "
        "suspect first"
    )
    assert lines[-1] == f"✔ Saved to {output.as_posix()}: 2 spans"
    assert len(output.read_text().splitlines()) == 2


def test_suspects_of_a_training_are_of_a_corpus_it_did_not_learn_from(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine")
    code, out = run(training, "--share", "1")
    assert code == 0
    assert out.splitlines()[-1].startswith("7 of 7 annotated or predicted entities of the test set")
    with pytest.warns(UserWarning, match="--corpus: 5 of 5 documents are what this model has lear"):
        code, out = run(training, "--corpus", tmp_path / "corpus" / "train.spacy")
    assert code == 0
    assert "of the corpus that was named" in out
    write_corpus(tmp_path / "other.spacy", [("Ben visits Oslo", "B-PER O B-LOC")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(training, "--corpus", tmp_path / "other.spacy")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine", "--format", "brat"], "--format: expected one of spans, prodigy, doccano"),
        (["empty"], "empty: expected the output folder of crossfit, or of a training with"),
        (
            ["empty", "--corpus", "corpus/dev.spacy"],
            "empty: expected the output of a training, found no model-last",
        ),
        (["nothing"], "nothing: expected the output folder of a training, found none there"),
        (["begun"], "begun: this crossfit has not come to its end; the command that began it goes"),
        (["mine", "--corpus", "none.spacy"], "corpus: expected a .spacy file or a folder of them"),
    ],
)
def test_suspects_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_training(tmp_path / "mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / ".made-by").write_text("crossfit\n")
    code, out = run(*arguments)
    assert code == 1
    assert message in out
    assert out.count("\n") == 1


def test_model_alone_speaks_for_what_it_finds_as_annotated() -> None:
    right, wrong = rank(("Ada met Ben", "B-PER O B-LOC", "B-PER O B-PER", [0.9, 0.8]))[::-1]
    assert by_model(right) == pytest.approx(0.1)
    assert by_model(wrong) == 0.8


def test_labels_are_damaged_in_four_ways_and_found_again(corpus_folder: Path) -> None:
    """A model that is always right, and surely: what was damaged is what it disagrees with."""
    confidence.register()
    docs = list(read_docs(corpus_folder / "train.spacy", spacy.blank("xx").vocab))
    damaged, damages = corrupt(docs, 0.1)
    assert {way: sum(one.way == way for one in damages) for way in WAYS} == dict.fromkeys(WAYS, 2)
    for one in damages:
        was = [(ent.start, ent.end, ent.label_) for ent in docs[one.doc].ents]
        now = [(ent.start, ent.end, ent.label_) for ent in damaged[one.doc].ents]
        assert one.was in was
        assert one.was not in now
        assert one.now is None or one.now in now
        if one.way == MISSING:
            assert one.now is None
        elif one.way == BOUNDARY:
            assert one.now is not None
            assert one.now[2] == one.was[2]
            assert one.now[:2] != one.was[:2]
        elif one.way == TYPE:
            assert one.now is not None
            assert one.now[:2] == one.was[:2]
    assert [one.way for one in damages[:2]] == [INCONSISTENT] * 2
    for doc in docs:
        for ent in doc.ents:
            confidence.write(ent, 0.9, "transformer_ner")
    ranked = rank_suspects([Example(one, other) for one, other in zip(docs, damaged, strict=True)])
    assert find(ranked, damages, len(damages) / len(ranked)).total() == len(damages)
    assert find(ranked, damages, 0.0).total() == 0
    assert corrupt(docs, 0.1)[1] == damages
    assert corrupt(docs, 0.1, seed=1)[1] != damages
