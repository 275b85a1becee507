"""Reading `history.jsonl`, and the phases in it."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from adaptive_spacy.adaptive.schedule import Phase, PhaseMachine
from adaptive_spacy.training.history import (
    HISTORY,
    PHASES,
    Evaluation,
    Stretch,
    read_history,
    rounds_are_epochs,
    stretches,
)

ROW: dict[str, Any] = {
    "epoch": 2,
    "step": 60,
    "phase": "plateau",
    "rate": 5e-5,
    "train_loss": 0.25,
    "dev_loss": 0.5,
    "p": 0.5,
    "r": 0.25,
    "f": 1 / 3,
    "score": -0.5,
    "best": True,
    "seconds": 12.5,
    "steps_per_round": 30,
    "losses": {"transformer_ner": 0.25},
    "scores": {"ents_loss": 0.5, "ents_f": 1 / 3},
}


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    return path


def phases(*pairs: tuple[float, str | None]) -> list[Evaluation]:
    """A history of (round, phase) with ten steps per round."""
    return [
        Evaluation(**{**ROW, "step": int(10 * at), "phase": phase, "steps_per_round": 10})
        for at, phase in pairs
    ]


def test_history_knows_the_phases_of_the_schedule():
    assert get_args(Phase) == PHASES


@pytest.mark.parametrize("name", ["", HISTORY])
def test_read_history_takes_folder_and_file(tmp_path, name):
    write(tmp_path / HISTORY, ROW, {**ROW, "epoch": 2, "step": 75})
    history = read_history(tmp_path / name)
    assert history == [Evaluation(**ROW), Evaluation(**{**ROW, "step": 75})]
    assert [one.round for one in history] == [2.0, 2.5]


def test_read_history_turns_nan_and_infinity_into_none(tmp_path):
    nan, infinite = float("nan"), float("inf")
    row = {**ROW, "dev_loss": nan, "score": -infinite, "f": None, "scores": {"ents_loss": nan}}
    (evaluation,) = read_history(write(tmp_path / "h.jsonl", row))
    assert evaluation.dev_loss is evaluation.score is evaluation.f is None
    assert evaluation.scores == {"ents_loss": None}


def test_read_history_ignores_keys_of_later_versions(tmp_path):
    path = write(tmp_path / "h.jsonl", {**ROW, "watts": 3})
    assert read_history(path) == [Evaluation(**ROW)]


def test_history_says_what_the_transformer_computed_in(tmp_path):
    rows = (
        ROW,
        {**ROW, "step": 75, "precision": "bfloat16"},
        {**ROW, "step": 90, "precision": None},
    )
    path = write(tmp_path / "h.jsonl", *rows)
    assert [one.precision for one in read_history(path)] == [None, "bfloat16", None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"step": 1.5}, "step: expected a whole number >= 0, got 1.5"),
        ({"step": True}, "step: expected a whole number >= 0, got True"),
        ({"epoch": -1}, "epoch: expected a whole number >= 0, got -1"),
        ({"steps_per_round": 0}, "steps_per_round: expected a whole number >= 1, got 0"),
        (
            {"phase": "lunch"},
            "phase: expected one of warmup, plateau, cooldown, finished or null, got 'lunch'",
        ),
        ({"rate": 10**400}, f"rate: expected less than 1e+18, got 1{'0' * 39}"),
        (
            {"step": 10**400},
            f"step: expected a whole number >= 0, and less than 1e+18, got 1{'0' * 39}",
        ),
        (
            {"epoch": 10**26},
            f"epoch: expected a whole number >= 0, and less than 1e+18, got {10**26}",
        ),
        ({"seconds": float("nan")}, "seconds: expected a number, got nan"),
        ({"seconds": -1}, "seconds: expected a number, got -1"),
        ({"rate": "fast"}, "rate: expected a number or null, got 'fast'"),
        ({"f": [1]}, "f: expected a number or null, got [1]"),
        ({"best": 1}, "best: expected true or false, got 1"),
        ({"seconds": None}, "seconds: expected a number, got None"),
        ({"losses": None}, "losses: expected an object of numbers, got None"),
        ({"scores": {"ents_f": "x"}}, "ents_f: expected a number or null, got 'x'"),
        ({"precision": 16}, "precision: expected a name or null, got 16"),
        (
            {"step": 30},
            "step: expected more than the line before has, 30, got 30",
        ),
    ],
)
def test_read_history_names_file_line_and_fault(tmp_path, change, message):
    path = write(tmp_path / "h.jsonl", {**ROW, "step": 30}, {**ROW, **change})
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_history(path)
    assert str(error.value) == f"{path.as_posix()}:2: {message}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '{"epoch": 2, "st',
            'expected a JSON object, got \'{"epoch": 2, "st\' (Unterminated string starting at: '
            "line 1 column 14 (char 13))",
        ),
        ("[1]", "expected a JSON object, got '[1]'"),
        (
            json.dumps({key: value for key, value in ROW.items() if key not in ("f", "best")}),
            "expected the keys of an evaluation, f, best is missing",
        ),
    ],
)
def test_read_history_says_what_is_no_evaluation(tmp_path, line, message):
    path = tmp_path / "h.jsonl"
    path.write_text(line, encoding="utf8")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_history(path)
    assert str(error.value) == f"{path.as_posix()}:1: {message}"


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"9" * 5000, b"\x91\x00\xff", "{}".encode("utf-16")]
)
def test_read_history_says_where_a_file_is_another_programs(tmp_path, content):
    path = tmp_path / "h.jsonl"
    path.write_bytes(content)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_history(path)
    assert str(error.value).startswith(f"{path.as_posix()}:1: expected a JSON object, got ")
    assert len(str(error.value)) < len(str(path)) + 300


@pytest.mark.parametrize(
    ("name", "why"), [("", "has no history.jsonl"), ("nowhere", "does not exist")]
)
def test_read_history_says_where_there_is_none(tmp_path, name, why):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_history(tmp_path / name)
    assert str(error.value) == (
        "expected a training's output folder or its history.jsonl, got "
        f"{(tmp_path / name).as_posix()}, which {why}; trainings with [training.logger] @loggers = "
        '"adaptive_spacy.Logger.v1" write it'
    )


def test_read_history_rejects_an_empty_file(tmp_path):
    path = write(tmp_path / "h.jsonl")
    with pytest.raises(ValueError, match="at least one evaluation, the file is empty"):
        read_history(path)


def test_stretches_follow_the_machine_that_made_them():
    """Warm-up of 2 rounds, cool-down from round 4, an improvement at 6, cool-down from 7 to 10."""
    machine = PhaseMachine(peak=1.0, interval=10, warmup=2, cooldown=3)
    history = phases((0, machine.phase(0)))
    for number, score in enumerate([1, 2, 3, 2, 2, 4, 3, 3, 3, 3], start=1):
        history += phases((number, machine.phase(10 * number)))
        machine.observe(10 * number, score)
    assert machine.finished
    assert stretches(history) == [
        Stretch("warmup", 0.0, 2.0),
        Stretch("plateau", 2.0, 4.0),
        Stretch("cooldown", 4.0, 6.0),
        Stretch("plateau", 6.0, 7.0),
        Stretch("cooldown", 7.0, 10.0),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, "warmup")], [("warmup", 0, 0)]),
        ([(0, "plateau"), (1, "plateau")], [("plateau", 0, 1)]),
        # the plateau's first update came last
        ([(0, "warmup"), (1, "warmup"), (2, "plateau")], [("warmup", 0, 2)]),
        # no improvement while warming up: the cool-down began at the evaluation before
        (
            [(0, "warmup"), (1, "warmup"), (2, "cooldown"), (2.5, "finished")],
            [("warmup", 0, 1), ("cooldown", 1, 2), ("finished", 2, 2.5)],
        ),
        ([(0, None), (1, None)], []),
    ],
)
def test_stretches_of_short_histories(rows, expected):
    assert stretches(phases(*rows)) == [Stretch(*one) for one in expected]


@pytest.mark.parametrize(
    ("epoch", "step", "expected"),
    [
        (0, 0, True),
        (1, 30, True),
        (0, 30, False),
        (2, 75, True),
        (19, 600, True),
        (17, 600, False),
        (5, 300, False),
    ],
)
def test_rounds_are_epochs_give_or_take_a_tenth(epoch, step, expected):
    assert rounds_are_epochs([Evaluation(**{**ROW, "epoch": epoch, "step": step})]) is expected
