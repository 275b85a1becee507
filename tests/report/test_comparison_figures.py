"""Figures of a comparison."""

from pathlib import Path

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_figures import draw_approaches, draw_comparison
from tests.report.records import make_job, make_record, write_records


def test_same_records_give_the_same_figure(report: Path) -> None:
    picture = next(draw_comparison(compare(report.parent)))
    for suffix, image in picture.images.items():
        assert (report / "figures" / f"{picture.name}.{suffix}").read_bytes() == image


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
