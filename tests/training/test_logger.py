import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, registry

from adaptive_spacy.adaptive.schedule import PhaseMachine
from adaptive_spacy.training.logger import TrainingLog
from tests.conftest import ROOT
from tests.trainings import overrides
from tests.util import scripted_config

LOGGER = {"@loggers": "adaptive_spacy.Logger.v1"}


def logged(config, output: Path | None = None) -> str:
    """RETURNS (str): What a training prints."""
    config["training"].setdefault("logger", LOGGER)
    stdout = StringIO()
    if output is not None:
        output.mkdir(exist_ok=True)
    train(init_nlp(config), output, stdout=stdout, stderr=StringIO())
    return stdout.getvalue()


def read_history(output: Path) -> list[dict]:
    return [json.loads(line) for line in (output / "history.jsonl").read_text().splitlines()]


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if re.match(r"\s+\d", line)]


def test_logger_prints_a_row_per_evaluation(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 2, 1, 3], training__max_steps=6)
    config["training"]["logger"] = LOGGER
    config["training"]["score_weights"] = {"scripted": 1.0, "cats_score": None}
    text = logged(config)
    header = next(line.split() for line in text.splitlines() if "PHASE" in line)
    assert header == ["E", "#", "PHASE", "RATE", "TRAIN", "LOSS", "SCRIPTED", "BEST"]
    body = rows(text)
    assert [row[:4] for row in body] == [
        ["0", "0", "plateau", "1.0e+00"],
        ["0", "2", "plateau", "1.0e+00"],
        ["0", "4", "plateau", "1.0e+00"],
        ["1", "6", "cooldown", "7.5e-01"],
    ]
    # the main score, once, and the best mark, as spaCy ranks: a tie counts as best
    assert [row[5:] for row in body] == [["0.0", "*"], ["200.0", "*"], ["100.0"], ["300.0", "*"]]
    assert "Done: [training] max_steps = 6. 1 epoch, 7 updates" in text
    assert "Best: epoch 1, SCRIPTED 300.0. Last: epoch 1, SCRIPTED 300.0" in text


def test_history_holds_the_mean_loss_per_update(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 1], training__max_steps=6)
    config["training"]["logger"] = LOGGER
    config["training"]["optimizer"]["learn_rate"]["rate"] = 0.01
    sums = []

    @registry.loggers("test.sums")
    def make_sums():
        def setup(nlp, stdout, stderr):
            def log_step(info):
                if info is not None:
                    sums.append(info["losses"]["textcat"])

            return log_step, lambda: None

        return setup

    config["training"]["logger"] = {**LOGGER, "then": [{"@loggers": "test.sums"}]}
    logged(config, tmp_path / "out")
    history = read_history(tmp_path / "out")
    # one update before the evaluation at step 0, then two a round
    updates = [1, 2, 2, 2]
    assert [row["losses"]["textcat"] for row in history] == pytest.approx(
        [total / n for total, n in zip(sums, updates, strict=True)]
    )
    assert [row["train_loss"] for row in history] == [row["losses"]["textcat"] for row in history]


# schedule, rates of the updates 0, 2, 4, 6
PLAIN = [
    (
        {
            "@schedules": "warmup_linear.v1",
            "initial_rate": 1.0,
            "warmup_steps": 4,
            "total_steps": 6,
        },
        [0.0, 0.5, 1.0, 0.0],
        [None] * 4,
    ),
    ({"@schedules": "constant.v1", "rate": 0.25}, [0.25] * 4, [None] * 4),
    (0.125, [0.125] * 4, [None] * 4),
    (
        {
            "@schedules": "adaptive_spacy.hybrid.v1",
            "rate": 1.0,
            "interval": 2,
            "total": 3,
            "warmup": 1,
            "cooldown": 1,
        },
        [0.5, 1.0, 1.0, 0.5],
        ["warmup", "plateau", "plateau", "cooldown"],
    ),
]


@pytest.mark.parametrize(("schedule", "rates", "phases"), PLAIN)
def test_history_knows_the_rate_of_any_schedule(tmp_path: Path, schedule, rates, phases) -> None:
    config = scripted_config(
        tmp_path, [0, 1], training__max_steps=6, training__before_update=None,
        training__optimizer__learn_rate=schedule, training__logger=LOGGER,
    )  # fmt: skip
    logged(config, tmp_path / "out")
    history = read_history(tmp_path / "out")
    assert [row["rate"] for row in history] == rates
    assert [row["phase"] for row in history] == phases


def test_history_of_a_new_training_replaces_the_old_one(tmp_path: Path) -> None:
    for steps in (8, 4):
        config = scripted_config(tmp_path, [0, 1], training__max_steps=steps)
        config["training"]["logger"] = LOGGER
        logged(config, tmp_path / "out")
    assert [row["step"] for row in read_history(tmp_path / "out")] == [0, 2, 4]


def test_history_is_not_written_without_output_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = scripted_config(tmp_path, [0, 1], training__max_steps=2)
    config["training"]["logger"] = LOGGER
    logged(config)
    assert not list(tmp_path.rglob("history.jsonl"))


def test_logger_takes_a_promise_as_eval_frequency(tmp_path: Path) -> None:
    steps = {
        "@misc": "adaptive_spacy.steps.v1",
        "corpus": "${corpora.train}",
        "batcher": "${training.batcher}",
    }
    config = scripted_config(tmp_path, [0, 1], training__max_steps=10, training__logger=LOGGER)
    config["training"]["eval_frequency"] = steps
    config["training"]["optimizer"]["learn_rate"]["interval"] = "${training.eval_frequency}"
    logged(config.from_str(config.to_str(interpolate=False), interpolate=False), tmp_path / "out")
    history = read_history(tmp_path / "out")
    assert [row["step"] for row in history] == [0, 5, 10]
    assert {row["steps_per_round"] for row in history} == {5}


class Ticks:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("max_steps", "adaptive", "made", "seconds", "expected"),
    [
        # 30 updates in 60 seconds: 90 more in 180
        (120, True, 30, 60.0, "end in 03:00"),
        (7200, False, 100, 250.0, "end in 4:55:50"),
        # nothing improves any more: 2 rounds of cool-down and the one before, of 2 updates each
        (0, True, 3, 9.0, "end in >= 00:18"),
        (0, False, 3, 9.0, ""),
    ],
)
def test_time_left(
    tmp_path: Path, max_steps: int, adaptive: bool, made: int, seconds: float, expected: str
) -> None:
    settings = {} if adaptive else {"training__optimizer__learn_rate": 0.1}
    config = scripted_config(tmp_path, [0], training__max_steps=max_steps, **settings)
    if not adaptive:
        del config["training"]["before_update"]
        config["training"]["batcher"] = config["training"]["batcher"]["batcher"]
    nlp = init_nlp(config)
    clock = Ticks()
    log = TrainingLog(nlp, StringIO(), StringIO(), progress_bar=False, clock=clock)
    machine = PhaseMachine(1.0, 2, warmup=0, cooldown=2)
    machine.observe(0, 0.1)
    machine.observe(2, 0.2)
    log.trace = SimpleNamespace(machine=machine if adaptive else None)
    log.made = made
    clock.now += seconds
    assert log._eta() == expected


def test_hopeless_training_is_named_while_it_runs(
    corpus_folder, transformer_folder, tmp_path: Path
) -> None:
    settings = overrides(corpus_folder, transformer_folder, rate=0.3)
    settings["training.optimizer.learn_rate.least"] = 0
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings)
    text = logged(config, tmp_path / "out")
    said = text.index("⚠ F1 is 0.0 in all of the first 5 rounds")
    assert len(rows(text[:said])) == 6 < len(rows(text))
    end = " ".join(text[text.rindex("updates in") :].split())
    assert "F1 is 0.0 in every row: do not use this model" in end
    assert "package" not in end


def test_broken_off_training_says_so(tmp_path: Path) -> None:
    @registry.callbacks("test.breaking")
    def make_breaking():
        def break_off(nlp, info):
            if info["step"] == 3:
                raise KeyboardInterrupt

        return break_off

    config = scripted_config(tmp_path, [0, 1], training__logger=LOGGER)
    config["training"]["before_update"]["then"] = {"@callbacks": "test.breaking"}
    stdout = StringIO()
    with pytest.raises(KeyboardInterrupt):
        train(init_nlp(config), stdout=stdout, stderr=StringIO())
    assert "⚠ Stopped by hand. 0 epochs, 3 updates" in stdout.getvalue()


def test_logger_in_a_terminal_of_80_columns(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 2, 1, 1, 1])
    config["training"]["logger"] = LOGGER
    config.to_disk(tmp_path / "config.cfg")
    # not code.py: the folder comes first on the path, before the library's module of that name
    code = tmp_path / "functions.py"
    code.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tests.util\n")
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [
        sys.executable,
        "-m",
        "spacy",
        "train",
        "config.cfg",
        "-o",
        "out",
        "-c",
        "functions.py",
    ]
    with subprocess.Popen(command, stdout=slave, stderr=slave, cwd=tmp_path) as process:
        os.close(slave)
        chunks = []
        while True:
            try:
                chunk = os.read(master, 4096)
            except OSError:
                # the terminal's other end is closed
                break
            if not chunk:
                break
            chunks.append(chunk)
    os.close(master)
    text = b"".join(chunks).decode()
    assert process.returncode == 0, text
    assert "Traceback" not in text
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    shown = [part for line in plain.split("\n") for part in line.split("\r")]
    table = [line for line in shown if re.match(r"\s+\d+\s+\d+\s+\w", line) or "PHASE " in line]
    assert len(table) == 6
    assert all(len(line) <= 80 for line in shown if line in table or "Epoch" in line)
    bars = [line for line in shown if line.startswith("Epoch 1:")]
    assert any("/2 [" in line for line in bars)
    # how long depends on the machine; the arithmetic is tested above
    assert any(re.search(r"end in >= \d\d:\d\d", line) for line in bars)


def test_history_keeps_every_digit(tmp_path: Path) -> None:
    score = 0.12345678901234567
    config = scripted_config(tmp_path, [score], training__max_steps=2, training__logger=LOGGER)
    logged(config, tmp_path / "out")
    assert {row["scores"]["scripted"] for row in read_history(tmp_path / "out")} == {score}
