"""What the schedule with its callback, and the log, cost, as shares of a training step.

    python -m benchmarks.speed.overhead --corpus corpus/sample --steps 96

All are measured inside one real training: every call of the callback, every rate drawn, every
question of the batcher whether the schedule is finished, and all that the logger does, rows,
`history.jsonl` and bar, against the time of the whole training without its evaluations and
checkpoints. `--then` adds trackers, whose time counts as the logger's.
"""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Annotated, Any

import typer
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from adaptive_spacy.adaptive.callback import Adapt
from adaptive_spacy.adaptive.schedule import PhaseSchedule
from adaptive_spacy.adaptive.stopping import UntilFinished
from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.parsing import reading
from adaptive_spacy.training.checkpoints import Checkpoint
from adaptive_spacy.training.logger import TrainingLog

PARTS: dict[str, list[tuple[type, str]]] = {
    "schedule and callback": [
        (Adapt, "__call__"),
        (PhaseSchedule, "__next__"),
        (UntilFinished, "_finished"),
    ],
    "logger": [(TrainingLog, "__call__")],
}
#: What is no part of a step: evaluations, and checkpoints, with their checksums and the copy of the
#: best one
APART: list[tuple[type | ModuleType, str]] = [
    (Language, "evaluate"),
    (Language, "to_disk"),
    (Checkpoint, "to_disk"),
    (shutil, "rmtree"),
    (shutil, "copytree"),
]
#: Called once in each step
STEP = "Adapt.__call__"


class Stopwatch:
    """Wraps functions and sums their wall time; `seconds` and `calls` per function. What one of a
    group calls of the same group counts once, for the one that was called from outside."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._running: set[str] = set()

    def wrap(self, owner: type | ModuleType, name: str, group: str = "") -> None:
        """Time every call of a method, or of a function of a module, from now on.

        group (str): Its group; "": it is one of its own.
        """
        function: Callable[..., Any] = getattr(owner, name)
        key = f"{owner.__name__}.{name}"
        self.seconds[key], self.calls[key] = 0.0, 0
        group = group or key

        def timed(*args: Any, **kwargs: Any) -> Any:
            if group in self._running:
                return function(*args, **kwargs)
            self._running.add(group)
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[key] += time.perf_counter() - started
                self.calls[key] += 1
                self._running.remove(group)

        setattr(owner, name, timed)


@one_line_errors()
def main(
    corpus: Annotated[Path, typer.Option(help="Folder of train.spacy and dev.spacy.")],
    transformer: Annotated[Path, typer.Option(help="Folder.")] = Path("assets/transformer"),
    steps: Annotated[int, typer.Option(help="Updates to make, at most.")] = 96,
    then: Annotated[
        str, typer.Option(help="Loggers beside ours, as `then` of a config has them.")
    ] = "[]",
) -> None:
    """Print the share of a step that the method and the log cost."""
    with reading("--then", "a list of loggers in JSON"):
        loggers = json.loads(then)
    overrides = {
        "paths.train": str(corpus / "train.spacy"),
        "paths.dev": str(corpus / "dev.spacy"),
        "variables.transformer": str(transformer),
        "variables.rate": 1e-4,
        "training.max_steps": steps,
        "training.logger.then": loggers,
    }
    nlp = init_nlp(load_config(Path("configs") / "adaptive.cfg", overrides=overrides))
    watch = Stopwatch()
    for ours in PARTS.values():
        for owner, name in ours:
            watch.wrap(owner, name)
    for place, name in APART:
        watch.wrap(place, name, "apart")
    with TemporaryDirectory() as output:
        started = time.perf_counter()
        train(nlp, Path(output))
        training = time.perf_counter() - started
        # not below: the folder is removed by one of these, too
        training -= sum(watch.seconds[f"{place.__name__}.{name}"] for place, name in APART)
    made = watch.calls[STEP]
    print(f"{'a step':25} {made:5} steps of {training / made * 1e6:7.0f} microseconds")
    for part, ours in PARTS.items():
        total = 0.0
        for owner, name in ours:
            key = f"{owner.__name__}.{name}"
            total += watch.seconds[key]
            each = watch.seconds[key] / max(1, watch.calls[key])
            print(f"{key:25} {watch.calls[key]:5} calls of {each * 1e6:7.1f} microseconds")
        print(f"{part}, share of a step: {total / training:.4%}")


if __name__ == "__main__":
    typer.run(main)
