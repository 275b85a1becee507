"""What predictions tell in words is true of few sentences, of one type, and where none is right."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.experiments.predictions import DEV, TEST, Predictions, read_held_out
from adaptive_spacy.report.run.outlook import (
    FEW_SENTENCES,
    describe_expectation,
    describe_kind,
    describe_need,
)
from adaptive_spacy.report.run.page import write_run
from adaptive_spacy.report.run.passages import find_all, read_documents
from adaptive_spacy.report.run.scores import Score, measure
from adaptive_spacy.training.errors import count_errors
from adaptive_spacy.training.seqeval_report import ScoredSentence
from tests.report.runs import ROWS, Row, write_crossfit

RIGHT: Row = ("Ada lives in Paris .", "B-PER O O B-LOC O", "B-PER O O B-LOC O", [0.9, 0.9])
MISSED: Row = ("Ada is here", "B-PER O O", "O O O", [])
SPURIOUS: Row = ("it rains in May", "O O O O", "O O O B-PER", [0.9])
CONFUSED: Row = ("it rains in Rome", "O O O B-LOC", "O O O B-ORG", [0.9])
EMPTY: Row = ("it rains", "O O", "O O", [])


def look(rows: Sequence[Row], folder: Path) -> tuple[Score, list[Score], dict[str, Any], int]:
    found = read_held_out(write_crossfit(folder / str(len(rows)), rows))
    documents = read_documents(found.examples)
    whole, types = measure(find_all(documents), len(documents))
    errors = count_errors(ScoredSentence(len(one.words), one.gold, one.found) for one in documents)
    return whole, types, errors, len(documents)


def expectation(rows: Sequence[Row], folder: Path, role: str = TEST) -> str:
    whole, _, _, number = look(rows, folder)
    return describe_expectation(Predictions(folder, role, [], {}), whole, number)


def need(rows: Sequence[Row], folder: Path, learnt: dict[str, int] | None = None) -> str:
    whole, types, errors, _ = look(rows, folder)
    return describe_need(types, whole, learnt or {}, errors)


def test_interval_of_few_sentences_is_called_too_narrow(tmp_path: Path) -> None:
    few = expectation([RIGHT, MISSED, SPURIOUS], tmp_path)
    assert "measured on the test set, 3 sentences with 3 entities" in few
    assert few.endswith("Of so few it is too narrow.")
    many = expectation([RIGHT, MISSED, SPURIOUS] * (FEW_SENTENCES // 3), tmp_path)
    assert many.endswith("not that of another training.")


@pytest.mark.parametrize(
    ("learnt", "first"), [(2, "Expect F1 99.4 on"), (3, "Expect less than F1")]
)
def test_few_sentences_that_were_learnt_do_not_make_it_worthless(
    learnt: int, first: str, tmp_path: Path
) -> None:
    whole, _, _, number = look([*[RIGHT] * 39, *[MISSED] * 1], tmp_path)
    found = Predictions(tmp_path, TEST, [], {}, learnt=learnt)
    said = describe_expectation(found, whole, number)
    assert said.startswith(first)
    assert ("95 % confidence" in said) == (learnt == 2)
    assert said.endswith(
        f" The model has learnt {learnt} of 40 sentences, of which it says what it was told, so "
        "this is too high."
    )


def test_interval_of_folds_says_that_it_knows_of_other_labels(tmp_path: Path) -> None:
    found = read_held_out(write_crossfit(tmp_path / "mine", ROWS * 10))
    documents = read_documents(found.examples)
    whole, _ = measure(find_all(documents), len(documents), found.folds)
    text = describe_expectation(found, whole, len(documents))
    assert "the chance in these sentences and in the labels that the models learnt from." in text
    assert "another training" not in text


def test_no_interval_is_drawn_from_sentences_that_do_not_differ(tmp_path: Path) -> None:
    for rows, f1, counted in (
        ([RIGHT] * 3, 100, "3 sentences with 6 entities"),
        ([MISSED] * 40, 0, "40 sentences with 40 entities"),
        ([MISSED], 0, "1 sentence with 1 entity"),
    ):
        assert expectation(rows, tmp_path) == (
            f"Expect F1 {f1}.0 on sentences like these: measured on the test set, {counted}. How "
            "far other sentences would move it cannot be told from these."
        )
    _, (first, *_), _, _ = look([RIGHT] * 3, tmp_path)
    assert first.interval is None


def test_nothing_is_expected_where_there_is_nothing_to_find(tmp_path: Path) -> None:
    for rows, found in (([EMPTY], "none"), ([EMPTY, SPURIOUS], "1")):
        assert expectation(rows, tmp_path).endswith(f"; it found {found}.")
        assert expectation(rows, tmp_path).startswith("Nothing can be expected: there are no ent")


def test_dev_is_said_to_have_been_seen(tmp_path: Path) -> None:
    assert "Dev was looked at while it trained" in expectation(ROWS, tmp_path, DEV)


def test_no_type_is_blamed_where_nothing_is_right(tmp_path: Path) -> None:
    assert need([MISSED, CONFUSED], tmp_path).startswith(
        "No type stands out: nothing that it found is right. Train to the end, with another"
    )
    assert need([RIGHT], tmp_path) == "No type stands out: there are no errors."
    for rows in ([EMPTY], [EMPTY, SPURIOUS]):
        assert need(rows, tmp_path) == "No type stands out: there is nothing to find."


def test_single_type_costs_no_more_than_others(tmp_path: Path) -> None:
    person: Row = ("Ada sings", "B-PER O", "B-PER O", [0.9])
    assert need([person, MISSED], tmp_path, {"PER": 7}) == (
        "More labels of PER: all errors are of this type. Without them F1 of all would be 100.0; "
        "it learnt from 7 of them. That is of 1 error, and may be chance."
    )


def test_few_errors_are_told_from_few_entities(tmp_path: Path) -> None:
    # one is annotated, many are spurious
    many = need([RIGHT, *[SPURIOUS] * 9], tmp_path)
    assert many.startswith("More labels of PER: ")
    assert "chance" not in many
    # many are annotated, few are wrong
    assert "That is of 2 errors, and may be chance." in need(
        [*[RIGHT] * 9, MISSED, MISSED], tmp_path
    )


def test_confusion_that_happened_once_is_told_so(tmp_path: Path) -> None:
    (once,) = describe_kind(look([RIGHT, CONFUSED], tmp_path)[2])
    assert once.endswith("LOC read as ORG, 1 time.")
    (twice,) = describe_kind(look([RIGHT, CONFUSED, CONFUSED], tmp_path)[2])
    assert twice.endswith("LOC read as ORG, 2 times.")


def test_spurious_entities_cost_most_where_nothing_is_annotated(tmp_path: Path) -> None:
    (text,) = describe_kind(look([EMPTY, SPURIOUS], tmp_path)[2])
    assert text == "The costliest errors are entities where there are none: 1."
    page = write_run(write_crossfit(tmp_path / "mine", [EMPTY, SPURIOUS]))[0].read_text("utf8")
    (row,) = re.findall("F1 if right</th>(.*?)</tr>", page)
    assert row.count("<td>0.0</td>") == 4
    assert row.endswith("<td>–</td>")


def test_page_names_a_type_among_sixty(tmp_path: Path) -> None:
    rows: list[Row] = [
        (f"word{i} here", f"B-TYPE{i} O", f"B-TYPE{i if i % 3 else 0} O", [0.9]) for i in range(60)
    ]
    path, lines = write_run(write_crossfit(tmp_path / "mine", rows))
    said = dict(line.split(": ", 1) for line in lines)
    assert said["What would help most"].startswith("More labels of TYPE")
    assert "may be chance" in said["What would help most"]
    assert path.read_text(encoding="utf8").count("<option") > 60
