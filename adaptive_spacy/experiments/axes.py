"""A grid with other axes: the command line's `--datasets`, `--labels`, `--seeds` and so on."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from adaptive_spacy.experiments.grid import Grid, validate
from adaptive_spacy.printable import called


def replace_axes(
    grid: Grid,
    *,
    approaches: Sequence[str] = (),
    datasets: Sequence[str] = (),
    models: Sequence[str] = (),
    fractions: Sequence[float] = (),
    labels: Sequence[int] = (),
    seeds: Sequence[int] = (),
    threads: int | None = None,
) -> Grid:
    """Replace axes of a grid; empty ones stay.

    approaches (Sequence[str]): Names in the grid, or paths of configs.
    datasets (Sequence[str]): Names in the grid, or FOLDER, or FOLDER:LANG.
    models (Sequence[str]): Names in the grid, folders or names of the hub.
    fractions (Sequence[float]), labels (Sequence[int]), seeds (Sequence[int]): The values. Of
        fractions and labels one takes the place of the other. With other seeds all count.
    threads (int | None): Of each job.
    RETURNS (Grid): A grid. With other datasets or models all their combinations count.
    RAISES (ValueError): As `read_grid`.
    """
    data = grid.model_dump()
    if approaches:
        data["approaches"] = _by_name("--approaches", (_approach(grid, one) for one in approaches))
    if datasets:
        data["datasets"] = _by_name("--datasets", (_dataset(grid, one) for one in datasets))
    if models:
        data["models"] = _by_name("--models", (_model(grid, one) for one in models))
    if datasets or models:
        data["combinations"] = _combinations(grid, data) if not (datasets and models) else None
    if fractions or labels:
        data["fractions"], data["labels"] = list(fractions) or None, list(labels) or None
        data["first_seeds"] = {
            size: number
            for size, number in grid.first_seeds.items()
            if size in (*fractions, *labels)
        }
    if seeds:
        data["seeds"], data["first_seeds"] = list(seeds), {}
    if threads is not None:
        data["threads"] = threads
    return validate(data, "command line")


def _combinations(grid: Grid, data: dict[str, Any]) -> list[list[str]] | None:
    """The grid's own pairs, where all that is left of an axis was in the grid before."""
    known = [list(pair) for pair in grid.pairs()]
    kept = [pair for pair in known if pair[0] in data["datasets"] and pair[1] in data["models"]]
    new = set(data["datasets"]) - set(grid.datasets) or set(data["models"]) - set(grid.models)
    return None if new or grid.combinations is None else kept


def _approach(grid: Grid, text: str) -> tuple[str, dict[str, Any]]:
    if text in grid.approaches:
        return text, grid.approaches[text].model_dump()
    if text.endswith(".cfg"):
        return Path(text).stem, {"config": text}
    raise ValueError(
        f"--approaches: expected some of {', '.join(grid.approaches)} or the path of a config, "
        f"got {text}"
    )


def _dataset(grid: Grid, text: str) -> tuple[str, dict[str, Any]]:
    if text in grid.datasets:
        return text, grid.datasets[text].model_dump()
    # a path may have a colon itself
    path, _, lang = (text, "", "") if Path(text).is_dir() else text.rpartition(":")
    path, lang = (path, lang) if path else (lang, "")
    return _name(path), {"path": path, **({"lang": lang} if lang else {})}


def _model(grid: Grid, text: str) -> tuple[str, str]:
    return (text, grid.models[text]) if text in grid.models else (_name(text), text)


def _name(path: str) -> str:
    """RETURNS (str): A name for what lies there, of what names may hold: "my folder" is
    my-folder."""
    name = called(Path(path)).name
    return re.sub(r"[^A-Za-z0-9_.+-]+", "-", name).lstrip("_.+-") or "unnamed"


def _by_name(option: str, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(
                f"{option}: expected different names, got two for {name}; name them in a grid"
            )
        found[name] = value
    return found
