"""Records of jobs: whole or not there, and named where they are broken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import (
    RECORD,
    make_failure,
    read_record,
    write_record,
)
from adaptive_spacy.experiments.schema import check_record
from tests.report.records import make_labelled

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")


def test_record_is_whole_or_not_there(
    jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_record(tmp_path, make_failure(jobs[0], "first"))
    with pytest.raises(ValueError, match="Out of range float values"):
        write_record(tmp_path, {"status": "done", "epochs": float("nan")})
    record = read_record(tmp_path)
    assert record is not None
    assert record["reason"] == "first"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"status": "almost"}'])
def test_broken_record_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text(text)
    with pytest.raises(ValueError, match=f"{tmp_path / RECORD}: expected a record of a job"):
        read_record(tmp_path)


def cut(key: str) -> Callable[[dict[str, Any]], None]:
    def spoil(record: dict[str, Any]) -> None:
        counts = record["sentences"]["checkpoints"]["6"]
        counts[key] = counts[key][1:]

    return spoil


def empty(record: dict[str, Any]) -> None:
    record["sentences"]["checkpoints"]["6"] = {"tp": [], "fp": [], "fn": [], "loss": None}


LENGTHS = (
    "done.sentences.checkpoints.6: expected tp, fp and fn to have a number for each test sentence"
)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda one: one["results"]["last"].pop("step"), "done.results.last.step: Field required"),
        (
            lambda one: one["sentences"]["checkpoints"].pop("6"),
            "done.sentences: expected checkpoints with the step of results.best_f1, 6, got 4",
        ),
        (
            lambda one: one["sentences"]["checkpoints"].clear(),
            "done.sentences: expected checkpoints with the step of results.best_loss, 4, got none",
        ),
        (cut("tp"), f"{LENGTHS}, got 49, 50 and 50"),
        (cut("fp"), f"{LENGTHS}, got 50, 49 and 50"),
        (cut("fn"), f"{LENGTHS}, got 50, 50 and 49"),
        (empty, "done.sentences.checkpoints.6.tp: List should have at least 1 item"),
        (
            lambda one: one["history"][2].update(phase=None),
            "done.history: expected a phase in each row after one that has it, got null in row 2",
        ),
    ],
)
def test_parts_that_do_not_fit_each_other_are_refused(
    spoil: Callable[[dict[str, Any]], object], fault: str
) -> None:
    record = make_labelled("adaptive", 1, 50, 60)
    check_record(record)
    spoil(record)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        check_record(record)
    assert str(error.value).startswith(fault)
    assert "\n" not in str(error.value)


def test_phases_may_begin_late() -> None:
    """A schedule has none before it knows how long a round is."""
    record = make_labelled("adaptive", 1, 50, 60)
    record["history"][0]["phase"] = None
    check_record(record)
