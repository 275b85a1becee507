"""Axes of a grid that the command line replaces."""

from pathlib import Path

import pytest

from adaptive_spacy.experiments.axes import replace_axes
from adaptive_spacy.experiments.grid import Grid, read_grid
from tests.experiments.grids import LABELS, MINIMAL, write


@pytest.fixture
def grid(tmp_path: Path) -> Grid:
    return read_grid(write(tmp_path, MINIMAL + "combinations: [[d, m], [e, n]]\n"))


def test_axes_are_replaced(grid: Grid) -> None:
    other = replace_axes(
        grid,
        approaches=["b", "configs/ner.cfg"],
        datasets=["corpus/mine:de", "d"],
        models=["folder/tiny"],
        fractions=[0.25],
        seeds=[9],
        threads=2,
    )
    assert [job.name for job in other.jobs()] == [
        "mine-tiny-0.25-b-9",
        "mine-tiny-0.25-ner-9",
        "d-tiny-0.25-b-9",
        "d-tiny-0.25-ner-9",
    ]
    first = next(other.jobs())
    assert (first.lang, first.corpus, first.transformer) == ("de", "corpus/mine", "folder/tiny")
    assert first.threads == 2


@pytest.mark.parametrize(
    ("axes", "pairs"),
    [
        ({"datasets": ["d"]}, [("d", "m")]),
        ({"models": ["n"]}, [("e", "n")]),
        ({"datasets": ["corpus/mine"]}, [("mine", "m"), ("mine", "n")]),
        ({"datasets": ["d"], "models": ["n"]}, [("d", "n")]),
    ],
)
def test_replaced_axes_keep_known_pairs(axes: dict, pairs: list, grid: Grid) -> None:
    assert replace_axes(grid, **axes).pairs() == pairs


def test_folders_above_have_names(
    grid: Grid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "mine" / "here")
    found = replace_axes(grid, datasets=[".."], models=["."]).pairs()
    assert found == [("mine", "here")]


def test_labels_are_replaced(tmp_path: Path) -> None:
    grid = read_grid(write(tmp_path, LABELS + "first_seeds: {400: 2}\n"))
    assert replace_axes(grid, labels=[25, 50]).first_seeds == {}
    assert replace_axes(grid, labels=[50, 400]).first_seeds == {400: 2}
    assert {job.seed for job in replace_axes(grid, seeds=[1, 2, 3], labels=[400]).jobs()} == {
        1,
        2,
        3,
    }
    other = replace_axes(grid, fractions=[0.5])
    assert (other.labels, other.sizes, other.first_seeds) == (None, [0.5], {})
    write(tmp_path, LABELS + "first_seeds: {400: 2}\n", "base.yml")
    extended = read_grid(write(tmp_path, "extends: base.yml\nfractions: [1.0]\n"))
    assert (extended.labels, extended.fractions, extended.first_seeds) == (None, [1.0], {})


def test_unknown_approach_is_refused(grid: Grid) -> None:
    message = "--approaches: expected some of a, b or the path of a config, got c"
    with pytest.raises(ValueError, match=f"^{message}$"):
        replace_axes(grid, approaches=["c"])
