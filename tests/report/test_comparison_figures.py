"""Figures of a comparison."""

from pathlib import Path

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_figures import draw_comparison


def test_same_records_give_the_same_figure(report: Path) -> None:
    picture = next(draw_comparison(compare(report.parent)))
    for suffix, image in picture.images.items():
        assert (report / "figures" / f"{picture.name}.{suffix}").read_bytes() == image
