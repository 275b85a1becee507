"""The results table of the README, from the records in benchmarks/results.

    python -m benchmarks.table

prints Markdown. Several seeds give a mean and the standard deviation over seeds; a single one
gives its number. The yardstick's row is its result with Viterbi decoding, which ours have too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Annotated, Any

import typer

RESULTS = Path(__file__).parent / "results"
RULES = ("best_loss", "best_f", "last")
HEADER = """\
| corpus | share | approach | seeds | best loss | best dev F1 | last | epochs | steps | minutes |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
ORDER = ("original", "stable", "yardstick", "adaptive")


@dataclass(frozen=True)
class Result:
    """One training.

    corpus (str): Name of its folder.
    fraction (float): Share of train and dev.
    approach (str): A config's name, or "yardstick".
    seed (int): Of weights and batches.
    scores (dict[str, float]): Test F1 in [0, 1] by selection rule.
    epochs, steps (int): Length of the training.
    seconds (float): Of wall time.
    """

    corpus: str
    fraction: float
    approach: str
    seed: int
    scores: dict[str, float]
    epochs: int
    steps: int
    seconds: float


def read(folder: Path) -> Iterator[Result]:
    """Yield the records of a folder: of the approaches, from before `adaptive-spacy sweep` made
    records of its own, and by yardstick.py."""
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf8"))
        yield _from_yardstick(record) if "method" in record else _from_approach(record)


def _from_approach(record: dict[str, Any]) -> Result:
    return Result(
        record["corpus"],
        record["fraction"],
        record["approach"],
        record["seed"],
        {rule: record["summary"][rule]["test_f"] for rule in RULES},
        record["rounds"],
        record["steps"],
        record["seconds"],
    )


def _from_yardstick(record: dict[str, Any]) -> Result:
    settings, summary = record["settings"], record["summary"]["viterbi"]
    names = dict(zip(RULES, ("best_loss", "best_f1", "last"), strict=True))
    batches = -(-record["data"]["train"]["sentences"] // settings["batch_size"])
    return Result(
        Path(settings["corpus"]).name,
        settings["fraction"],
        record["method"],
        settings["seed"],
        {rule: summary[name]["test_f1"] for rule, name in names.items()},
        len(record["epochs"]),
        batches * len(record["epochs"]),
        sum(one["train_seconds"] + one["evaluate_seconds"] for one in record["epochs"]),
    )


def rows(results: list[Result]) -> Iterator[str]:
    """Yield a row per corpus, fraction and approach, the largest training set first."""
    groups: dict[tuple[str, float, str], list[Result]] = {}
    for one in results:
        groups.setdefault((one.corpus, one.fraction, one.approach), []).append(one)
    for corpus, fraction, approach in sorted(
        groups, key=lambda key: (key[0], -key[1], ORDER.index(key[2]))
    ):
        found = groups[corpus, fraction, approach]
        cells = [corpus, f"{fraction:.0%}", approach]
        cells.append(", ".join(str(one.seed) for one in sorted(found, key=lambda one: one.seed)))
        cells += [_spread([100 * one.scores[rule] for one in found]) for rule in RULES]
        cells += [_range([one.epochs for one in found]), _range([one.steps for one in found])]
        cells.append(f"{mean(one.seconds for one in found) / 60:.1f}")
        yield f"| {' | '.join(cells)} |"


def _spread(values: list[float]) -> str:
    return f"{mean(values):.1f}" + (f" ± {stdev(values):.1f}" if len(values) > 1 else "")


def _range(values: list[int]) -> str:
    return str(min(values)) if min(values) == max(values) else f"{min(values)} to {max(values)}"


def table(folder: Path = RESULTS) -> str:
    """RETURNS (str): Markdown."""
    return "\n".join([HEADER, *rows(list(read(folder)))])


def main(
    folder: Annotated[Path, typer.Option(help="Folder of the records.")] = RESULTS,
) -> None:
    """Print the results table."""
    typer.echo(table(folder))


if __name__ == "__main__":
    typer.run(main)
