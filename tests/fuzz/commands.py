"""Command lines, drawn and run here: each ends well, or with one line that says why."""

import contextlib
import os
import random
import re
import shutil
import signal
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from typer.testing import CliRunner

from adaptive_spacy.cli._util import TRACEBACK
from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments.records import make_failure, write_record
from adaptive_spacy.printable import COLOUR
from tests.fuzz.values import TEXTS, spoil_path

MODEL, CORPUS, TEST = "training/model-last", "corpus/news", "corpus/news/test.spacy"
PATHS = ["--paths.train", f"{CORPUS}/train.spacy", "--paths.dev", f"{CORPUS}/dev.spacy"]
#: Command lines that work, with the files that each reads, and how often each is drawn
LINES: tuple[tuple[int, list[str], list[str]], ...] = (
    (2, ["model", "assets/transformer", "out"], ["assets/transformer"]),
    (
        3,
        ["convert", "raw/all.conll", "out", "--split", "train=0.5,dev=0.5", "--seed", "1"],
        ["raw"],
    ),
    (3, ["convert", "train=raw/all.jsonl", "out", "--lang", "en", "--repair"], ["raw/all.jsonl"]),
    (2, ["convert", "raw/brat", "out", "--format", "brat", "--group", "2"], ["raw/brat"]),
    (4, ["convert", "news", "out", "--datasets", "datasets.yml", "--raw", "raw"], ["datasets.yml"]),
    (
        2,
        ["convert", "pooled", "out", "--datasets", "datasets.yml", "--raw", "raw"],
        ["datasets.yml"],
    ),
    (3, ["export", f"{CORPUS}/train.spacy", "out.conll", "--scheme", "BIO"], [CORPUS]),
    (2, ["export", TEST, "out.jsonl", "--format", "jsonl"], [CORPUS]),
    (
        4,
        ["init", "configs/ner.cfg", "out.cfg", "--rate", "1e-4", "--monitor", "ents_f"],
        ["configs"],
    ),
    (2, ["init", "training/model-last/config.cfg", "-", "--max-epochs", "3"], [MODEL]),
    (4, ["stats", CORPUS, "--window", "64", "--output", "out"], [CORPUS]),
    (2, ["stats", f"train={TEST}", "--transformer", "assets/transformer"], ["assets/transformer"]),
    (
        6,
        ["check", "configs/adaptive.cfg", *PATHS, "--no-forecast"],
        ["configs/adaptive.cfg", CORPUS],
    ),
    (2, ["check", "configs/ner.cfg", *PATHS, "--tolerance", "0.5"], ["configs/ner.cfg"]),
    (6, ["evaluate", MODEL, TEST, "--output", "out.json"], [MODEL, MODEL, CORPUS]),
    (5, ["plot", "training", "out"], ["training/history.jsonl"]),
    (
        1,
        ["package", MODEL, "out", "--name", "x", "--metrics", "metrics.json"],
        ["metrics.json", MODEL],
    ),
    (1, ["smoke-test", "out", "en_x", "--pipeline", MODEL, "--texts", TEST], [MODEL, CORPUS]),
    (7, ["sweep", "grid.yml", "--output", "runs", "--dry-run"], ["grid.yml", "runs", CORPUS]),
    (
        3,
        ["sweep", "more.yml", "--output", "out", "--seeds", "1-2"],
        ["more.yml", "grid.yml", "configs"],
    ),
    (
        2,
        ["sweep", "grid.yml", "--output", "out", "--datasets", CORPUS, "--fractions", "1"],
        ["grid.yml"],
    ),
    (7, ["report", "runs", "--output", "out"], ["runs"]),
    (3, ["report", "runs", "--question", "epochs", "--reference", "adaptive"], ["runs"]),
    (
        3,
        ["report", "training", "--output", "out.html", "--corpus", TEST],
        ["training/history.jsonl", MODEL, CORPUS],
    ),
    (1, ["report", "training", "--select", "best"], ["training/history.jsonl", MODEL]),
    (
        2,
        ["compare", MODEL, "training/model-best", "--corpus", TEST, "--output", "out.html"],
        [MODEL, CORPUS],
    ),
    (
        2,
        ["suspects", "training", "--corpus", TEST, "--output", "out.jsonl", "--format", "prodigy"],
        [MODEL, CORPUS],
    ),
    (1, ["suspects", "training", "--share", "0.5", "--output", "out.jsonl"], [MODEL]),
    (
        2,
        ["suspects", "training", "--next", "raw/all.jsonl", "--count", "3", "--output", "x.jsonl"],
        [MODEL, "raw/all.jsonl"],
    ),
    (3, ["watch", "training", "--port", "0"], ["training/history.jsonl", MODEL, "training"]),
    (1, ["watch", "training", "--corpus", TEST], ["training/history.jsonl", CORPUS]),
    (1, ["refit", "training", "--output", "out", "--test", TEST], ["training"]),
)
OPTIONS = (
    "--nlp.lang",
    "--variables.fraction",
    "--gpu-id",
    "--seeds",
    "--threads",
    "--jobs",
    "--x",
)
SECONDS = 60


@dataclass
class Case:
    """A command line, how its files were damaged, and what came of it.

    fault (str): What is wrong with how it ended; nothing where nothing is.
    """

    number: int
    arguments: list[str]
    damage: list[str] = field(default_factory=list)
    exit_code: int | None = None
    output: str = ""
    fault: str = ""

    def __str__(self) -> str:
        return f"#{self.number} {self.arguments} {self.damage}\n{self.fault}\n{self.output[-600:]}"


def fuzz_commands(world: Path, count: int, seed: int, only: Collection[str] = ()) -> Iterator[Case]:
    """Draw and run command lines. Each has a seed of its own, so that one can be run alone.

    world (Path): See `make_world`.
    only (Collection[str]): Commands; none: all.
    YIELDS (Case): What was run.
    """
    for number in range(count):
        yield run_case(world, number, seed, only)


def run_case(world: Path, number: int, seed: int, only: Collection[str] = ()) -> Case:
    """RETURNS (Case): The command line of a number, run in a copy of the world."""
    draw = random.Random(f"{seed} command {number}")
    lines = [one for one in LINES if not only or one[1][0] in only]
    _, line, files = draw.choices(lines, [weight for weight, _, _ in lines])[0]
    box = world.parent / "box"
    shutil.rmtree(box, ignore_errors=True)
    box.mkdir()
    shutil.copytree(world, box / "case")
    case = Case(number, list(line))
    with contextlib.chdir(box / "case"):
        if draw.random() < 0.75:
            for _ in range(draw.choice((1, 1, 2))):
                case.damage.append(spoil_path(Path(draw.choice(files)), draw))
        if not case.damage or draw.random() < 0.25:
            spoil_arguments(case.arguments, draw)
        run(case)
    if not case.fault and (outside := sorted(os.listdir(box))) != ["case"]:
        case.fault = f"wrote outside: {outside}"
    return case


def spoil_arguments(arguments: list[str], draw: random.Random) -> None:
    """Change one or two arguments of a command line."""
    for _ in range(draw.choice((1, 1, 2))):
        at = draw.randrange(1, len(arguments)) if len(arguments) > 1 else 0
        kind = draw.random()
        if kind < 0.7 and at:
            arguments[at] = draw.choice((*TEXTS, "raw", "corpus", "grid.yml", TEST, MODEL))
        elif kind < 0.8 and at:
            del arguments[at]
        else:
            arguments += [draw.choice(OPTIONS), draw.choice(TEXTS)]


def run(case: Case) -> None:
    """Run a command line here, and judge how it ended."""
    environment = {TRACEBACK: "1", "NO_COLOR": "1", "ANSI_COLORS_DISABLED": "1"}
    with (
        limited(SECONDS),
        looked_twice(case.arguments[0]),
        patch("adaptive_spacy.experiments.local.LocalProcesses", Failing),
        patch("subprocess.run", no_process),
        patch("subprocess.check_output", no_process),
    ):
        result = CliRunner().invoke(app, case.arguments, env=environment)
    case.exit_code, case.output = result.exit_code, result.output
    case.fault = judge(result)


def judge(result: Any) -> str:
    """RETURNS (str): What is wrong with how a command ended."""
    error = result.exception
    if error is not None and not isinstance(error, SystemExit):
        return "".join(traceback.format_exception(error)[-12:])
    if result.exit_code not in (0, 1, 2):
        return f"exit code {result.exit_code}"
    if result.exit_code == 1 and "✘" not in result.output:
        return "ends with 1 without a reason"
    if result.exit_code == 1 and re.search(r"✘ *$|✘ .{0,3}$", result.stderr):
        return "a reason without words"
    if "Traceback" in result.output or "not enough for this" in result.output:
        return "a traceback, or no memory"
    plain = re.sub(COLOUR, "", result.output)
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain):
        return "control characters"
    return ""


class TooLong(BaseException):
    pass


@contextlib.contextmanager
def limited(seconds: int) -> Iterator[None]:
    """RAISES (TooLong): After so many seconds."""

    def end(*_: Any) -> None:
        raise TooLong

    former = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def looked_twice(command: str) -> contextlib.AbstractContextManager[Any]:
    """Ctrl-C for a command that goes on until then, after it looked at a training twice."""
    if command != "watch":
        return contextlib.nullcontext()
    return patch("time.sleep", side_effect=[None, KeyboardInterrupt()])


def no_process(*_: Any, **__: Any) -> Any:
    """Stands for pip and build, which take seconds."""
    raise ValueError("no process is started here")


class Failing:
    """A backend whose jobs fail at once."""

    def __init__(self, slots: int, **_: Any) -> None:
        self.slots = slots
        self.running: list[Any] = []

    def start(self, job: Any, folder: Path, lock: Any) -> None:
        self.running.append((job, folder, lock))

    def finished(self, timeout: float) -> Iterator[Path]:
        job, folder, lock = self.running.pop(0)
        write_record(folder, make_failure(job, "fuzz"))
        lock.release()
        yield folder

    def close(self) -> None:
        pass
