"""What writing checkpoints costs a training.

    python -m benchmarks.speed.checkpointing --corpus corpus/sample --output training/checkpointing

A training of adaptive.cfg as `spacy train` runs it, one evaluation per epoch, in which the time is
taken of all that spaCy does to keep checkpoints: writing model-last, removing the former model-best
and copying model-last to it.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import typer
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from adaptive_spacy.cli._util import one_line_errors


@contextmanager
def stopwatch(owner: Any, name: str, taken: list[float]) -> Iterator[None]:
    """Note the seconds of each call of a function, without those that it makes to itself."""
    function: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            with patch.object(owner, name, function):
                return function(*arguments, **options)
        finally:
            taken.append(time.perf_counter() - started)

    with patch.object(owner, name, timed):
        yield


@one_line_errors()
def main(
    corpus: Annotated[Path, typer.Option(help="Folder of train.spacy and dev.spacy.")],
    output: Annotated[Path, typer.Option(help="Folder of the training.")],
    transformer: Annotated[Path, typer.Option(help="Folder.")] = Path("assets/transformer"),
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 1e-4,
) -> None:
    """Print the share of a training that goes into checkpoints."""
    overrides = {
        "paths.train": str(corpus / "train.spacy"),
        "paths.dev": str(corpus / "dev.spacy"),
        "variables.transformer": str(transformer),
        "variables.rate": rate,
    }
    output.mkdir(parents=True, exist_ok=True)
    nlp = init_nlp(load_config(Path("configs") / "adaptive.cfg", overrides=overrides))
    written: list[float] = []
    removed: list[float] = []
    copied: list[float] = []
    started = time.perf_counter()
    with (
        stopwatch(Language, "to_disk", written),
        stopwatch(shutil, "rmtree", removed),
        stopwatch(shutil, "copytree", copied),
    ):
        train(nlp, output)
    total = time.perf_counter() - started
    print(
        json.dumps(
            {
                "seconds": round(total, 1),
                "checkpoints": len(written),
                "written": round(sum(written), 2),
                "removed": round(sum(removed), 2),
                "copied": round(sum(copied), 2),
                "share": round((sum(written) + sum(removed) + sum(copied)) / total, 4),
            }
        )
    )


if __name__ == "__main__":
    typer.run(main)
