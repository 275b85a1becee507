"""What the schedule and its callback cost, as a share of a training step.

    python -m benchmarks.speed.overhead --corpus corpus/sample --steps 96

Both are measured inside one real training: every call of the callback, every rate drawn and every
question of the batcher whether the schedule is finished, against the time of the whole training
without its evaluations.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from adaptive_spacy.adaptive.callback import Adapt
from adaptive_spacy.adaptive.schedule import PhaseSchedule
from adaptive_spacy.adaptive.stopping import UntilFinished


class Stopwatch:
    """Wraps functions and sums their wall time; `seconds` and `calls` per function."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}

    def wrap(self, owner: type, name: str) -> None:
        """Time every call of a method from now on."""
        function: Callable[..., Any] = getattr(owner, name)
        key = f"{owner.__name__}.{name}"
        self.seconds[key], self.calls[key] = 0.0, 0

        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[key] += time.perf_counter() - started
                self.calls[key] += 1

        setattr(owner, name, timed)


def main(
    corpus: Annotated[Path, typer.Option(help="Folder of train.spacy and dev.spacy.")],
    transformer: Annotated[Path, typer.Option(help="Folder.")] = Path("assets/transformer"),
    steps: Annotated[int, typer.Option(help="Updates to make.")] = 96,
) -> None:
    """Print the share of a step that the method costs."""
    overrides = {
        "paths.train": str(corpus / "train.spacy"),
        "paths.dev": str(corpus / "dev.spacy"),
        "variables.transformer": str(transformer),
        "variables.rate": 1e-4,
        "training.max_steps": steps,
    }
    nlp = init_nlp(load_config(Path("configs") / "adaptive.cfg", overrides=overrides))
    watch = Stopwatch()
    ours = [(Adapt, "__call__"), (PhaseSchedule, "__next__"), (UntilFinished, "_finished")]
    for owner, name in [*ours, (Language, "evaluate")]:
        watch.wrap(owner, name)
    started = time.perf_counter()
    train(nlp)
    training = time.perf_counter() - started - watch.seconds["Language.evaluate"]
    total = 0.0
    for owner, name in ours:
        key = f"{owner.__name__}.{name}"
        total += watch.seconds[key]
        each = watch.seconds[key] / watch.calls[key]
        print(f"{key:25} {watch.calls[key]:5} calls of {each * 1e6:7.1f} microseconds")
    print(f"{'a step':25} {steps:5} steps of {training / steps * 1e6:7.0f} microseconds")
    print(f"share of a step: {total / training:.4%}")


if __name__ == "__main__":
    typer.run(main)
