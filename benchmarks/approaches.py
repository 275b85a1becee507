"""Train one config and score the test set at every evaluation: the rows of the results tables.

    python -m benchmarks.approaches --approach adaptive --corpus corpus/wikigold --seed 1

One training of one config gives three results: of the checkpoint with the best validation loss,
of the one with the best validation F1, and of the last one. The test scores are recorded at every
evaluation and pick nothing. Checkpoints are not written.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, registry

from adaptive_spacy.training.corpus import FractionCorpus
from adaptive_spacy.training.logger import TrainingLog

CONFIGS = Path("configs")
PACKAGES = ("spacy", "thinc", "spacy-transformers", "torch", "transformers", "numpy")


class TestScores:
    """A logger that keeps the history of a training, with test scores.

    test (FractionCorpus): The test set.
    history (list[dict]): Filled with one row per evaluation.
    """

    def __init__(self, test: FractionCorpus, history: list[dict[str, Any]]) -> None:
        self.test = test
        self.history = history

    def __call__(
        self, nlp: Language, stdout: Any = sys.stdout, stderr: Any = sys.stderr
    ) -> tuple[Callable[[dict[str, Any] | None], None], Callable[[], None]]:
        log = HistoryLog(nlp, stdout, stderr, progress_bar=True)
        examples = list(self.test(nlp))

        def log_step(info: dict[str, Any] | None) -> None:
            log.step(info)
            if info is not None:
                started = time.perf_counter()
                scores = nlp.evaluate(examples)
                row = {**log.rows[-1], "test_f": scores["ents_f"]}
                row["test_loss"] = scores.get("ents_loss")
                row["test_seconds"] = time.perf_counter() - started
                self.history.append(row)

        return log_step, log.close


class HistoryLog(TrainingLog):
    """The training's log, with its rows in memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.rows: list[dict[str, Any]] = []
        super().__init__(*args, **kwargs)

    def _record(self, output_path: str | None, evaluation: dict[str, Any]) -> None:
        self.rows.append(evaluation)


def summarize(history: list[dict[str, Any]]) -> dict[str, Any]:
    """Test F1 of the checkpoints that each rule picks by validation scores alone; of equals the
    latest. The evaluation at step 0 has seen one batch and takes no part.

    history (list[dict]): Rows of the log.
    RETURNS (dict): Per rule: "test_f", "round"; None without a validation loss.
    """
    rows = [row for row in history if row["step"] > 0]

    def result(row: dict[str, Any]) -> dict[str, Any]:
        return {"test_f": row["test_f"], "round": row["step"] // row["steps_per_round"]}

    losses = [row for row in rows if row["dev_loss"] is not None]
    return {
        "best_loss": result(min(reversed(losses), key=lambda r: r["dev_loss"])) if losses else None,
        "best_f": result(max(reversed(rows), key=lambda r: r["f"] or 0.0)),
        "last": result(rows[-1]),
    }


def run(
    approach: str, corpus: Path, transformer: Path, *, rate: float, seed: int, fraction: float
) -> dict[str, Any]:
    """Train and score. RETURNS (dict): The record."""
    overrides = {
        "paths.train": str(corpus / "train.spacy"),
        "paths.dev": str(corpus / "dev.spacy"),
        "system.seed": seed,
        "variables.rate": rate,
        "variables.transformer": str(transformer),
        "variables.fraction": fraction,
    }
    config = load_config(CONFIGS / f"{approach}.cfg", overrides=overrides)
    history: list[dict[str, Any]] = []
    name = "benchmarks.TestScores.v1"
    registry.loggers(name, func=lambda: TestScores(FractionCorpus(corpus / "test.spacy"), history))
    config["training"]["logger"] = {"@loggers": name}
    started = time.perf_counter()
    train(init_nlp(config))
    seconds = time.perf_counter() - started - sum(row["test_seconds"] for row in history)
    return {
        "approach": approach,
        "corpus": corpus.name,
        "transformer": str(transformer),
        "rate": rate,
        "seed": seed,
        "fraction": fraction,
        "rounds": history[-1]["step"] // history[-1]["steps_per_round"],
        "steps": history[-1]["step"],
        "seconds": round(seconds, 1),
        "threads": torch.get_num_threads(),
        "versions": {one: version(one) for one in PACKAGES} | {"python": platform.python_version()},
        "summary": summarize(history),
        "history": history,
    }


def main(
    approach: Annotated[str, typer.Option(help="A config of configs/, without .cfg.")],
    corpus: Annotated[Path, typer.Option(help="Folder of train.spacy, dev.spacy, test.spacy.")],
    transformer: Annotated[Path, typer.Option(help="Hub name or folder.")] = Path(
        "assets/transformer"
    ),
    rate: Annotated[float, typer.Option(help="The highest learning rate.")] = 1e-4,
    seed: Annotated[int, typer.Option(help="Seed of weights and batches.")] = 1,
    fraction: Annotated[float, typer.Option(help="Share of train and dev, the test is whole.")] = 1,
    output: Annotated[
        Path, typer.Option(help="Folder of the records; one that is there is not made again.")
    ] = Path("benchmarks/results"),
) -> None:
    """Train one approach and record what each selection rule gives on the test set."""
    path = output / f"{corpus.name}-{fraction:g}-{approach}-{seed}.json"
    if path.exists():
        typer.echo(f"{path} is there")
        return
    record = run(approach, corpus, transformer, rate=rate, seed=seed, fraction=fraction)
    output.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps(record, indent=1), encoding="utf8")
    aside.replace(path)
    typer.echo(json.dumps({key: record[key] for key in ("summary", "rounds", "seconds")}))


if __name__ == "__main__":
    typer.run(main)
