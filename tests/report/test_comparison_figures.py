"""Figures of a comparison."""

import re
from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_figures import (
    draw_approaches,
    draw_comparison,
    name_files,
)
from adaptive_spacy.report.write import write_report
from tests.report.records import make_job, make_record, write_records


def test_same_records_give_the_same_figure(report: Path) -> None:
    picture = next(draw_comparison(compare(report.parent)))
    for suffix, image in picture.images.items():
        assert (report / "figures" / f"{picture.name}.{suffix}").read_bytes() == image


def test_figures_of_one_name_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "adaptive_spacy.report.comparison_figures.render",
        lambda figure: {"png": figure.get_suptitle().encode()},
    )
    found = [
        make_record(make_job("adaptive", 1, dataset=dataset, model=model), 0.5)
        for dataset in ("wiki", "wiki-mini")
        for model in ("bert", "mini-bert")
    ]
    runs = write_records(tmp_path / "runs", found)
    first = write_report(runs, tmp_path / "first")
    again = write_report(runs, tmp_path / "again")
    assert [path.name for path in first.files] == [path.name for path in again.files]
    figures = sorted((tmp_path / "first" / "figures").iterdir())
    # of each of four pairs three rules and the curves, and what none shares keeps its name
    assert len(figures) == 16
    assert sum(path.name.startswith("wiki-mini-bert-") for path in figures) == 8
    assert {"wiki-bert-last.png", "wiki-mini-mini-bert-last.png"} < {one.name for one in figures}
    # each stands under its own title
    text = (tmp_path / "first" / "report.md").read_text(encoding="utf8")
    links = re.findall(r"!\[(.*)\]\((.*)\)", text)
    assert len(links) == 16
    for title, link in links:
        assert (tmp_path / "first" / link).read_text(encoding="utf8") == title


def test_names_of_files_are_distinct_wherever_they_lie() -> None:
    figures = [("a", "b-c"), ("a-b", "c"), ("d", "e"), ("D", "e"), ("f", "g"), ("ö-", "h")]
    names = name_files(figures)
    assert len({name.lower() for name in names}) == len(figures)
    assert names[4] == "f-g"
    # whichever comes first
    assert name_files(figures[::-1]) == names[::-1]


def test_names_of_many_approaches_stay_on_the_figure(tmp_path: Path) -> None:
    names = [f"a-long-name-of-an-approach-{i}" for i in range(9)]
    found = [make_record(make_job(one, 1, labels=25, dev=0.2), 0.5) for one in names]
    comparison = compare(write_records(tmp_path, found))
    figure = draw_approaches(comparison.rows, names, "last", "title", "labelled sentences")
    figure.canvas.draw()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == names
    box = legend.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width
    # what they were given is on the axis, not what is left of it to train on
    (line, *_) = figure.axes[0].get_lines()
    assert list(line.get_xdata()) == [25]
    assert figure.axes[0].get_xlabel() == "labelled sentences"
