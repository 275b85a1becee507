"""Sentences, and the problems of a source: the first of them in order, and the number of all."""

from pathlib import Path

import pytest
import spacy

from adaptive_spacy.data.source import MAX_PROBLEMS, Problems, Sentence, read_doc, shorten
from tests.data.util import make_doc

PATH = Path("a.conll")


def test_text_has_the_spaces_that_are_known() -> None:
    sentence = Sentence(["Ada", "lives", "."], [], [])
    assert sentence.text == "Ada lives ."
    assert sentence._replace(spaces=[True, False, False]).text == "Ada lives."


@pytest.mark.parametrize(
    "sentence",
    [
        Sentence(["Ada", "lives", "."], [(0, 1, "PER")], [2], [True, False, False], [0, 2]),
        Sentence(["Ada", "lives"], [(0, 2, "PER")], []),
    ],
)
def test_a_doc_is_read_as_the_sentence_that_it_was_made_of(sentence: Sentence) -> None:
    assert read_doc(make_doc(sentence, spacy.blank("xx").vocab)) == sentence


def test_no_problem_raises_nothing() -> None:
    problems = Problems()
    problems.raise_any(PATH)
    assert problems.lines(PATH) == []


def test_problems_are_shown_in_order_with_their_place() -> None:
    problems = Problems(" record ")
    problems.add(3, "late")
    problems.merge([(1, "early")], 1)
    with pytest.raises(ValueError, match="early") as error:
        problems.raise_any(PATH)
    assert str(error.value) == "a.conll: record 1: early;\na.conll: record 3: late"


def test_problems_beyond_the_first_are_counted() -> None:
    problems = Problems()
    for line in range(1, MAX_PROBLEMS + 3):
        problems.add(line, "x")
    problems.merge([(5, "y")], 7)
    with pytest.raises(ValueError, match="x") as error:
        problems.raise_any(PATH)
    lines = str(error.value).split(";\n")
    assert lines[4:6] == ["a.conll:5: x", "a.conll:5: y"]
    assert lines[MAX_PROBLEMS:] == ["and 9 more problems in a.conll"]


def test_long_texts_are_cut() -> None:
    assert shorten("x" * 40) == repr("x" * 40)
    assert shorten("x" * 41) == repr("x" * 40 + "…")
