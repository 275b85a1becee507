"""Files of small grids."""

from pathlib import Path

MINIMAL = """
title: a grid
approaches: {a: {config: a.cfg}, b: {config: b.cfg}}
datasets: {d: {path: corpus/d}, e: {path: corpus/e, lang: sv}}
models: {m: some/model, n: other}
fractions: [0.5, 1]
seeds: [1, 2, 3]
"""


LABELS = MINIMAL.replace("fractions: [0.5, 1]", "labels: [25, 400]")


def write(folder: Path, text: str, name: str = "grid.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf8")
    return path
