"""The figure of a corpus: types, lengths and the window."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from adaptive_spacy.data.stats.as_json import as_json
from adaptive_spacy.data.stats.collect import collect
from adaptive_spacy.data.stats.corpus_statistics import Statistics
from adaptive_spacy.data.stats.split_counts import Lengths
from adaptive_spacy.report.corpus_figure import (
    bin_edges,
    draw,
    histogram,
    save,
    title,
    type_shares,
)
from tests.conftest import write_corpus


def test_figure_names_every_split_type_and_the_window(statistics: Statistics) -> None:
    assert title(statistics) == "9 documents, 41 tokens, 16 entities of 3 types"
    types, lengths = draw(statistics).axes
    assert [one.get_text() for one in types.get_yticklabels()] == ["PER", "LOC", "ORG"]
    said = [one.get_text() for axes in (types, lengths) for one in axes.texts]
    assert {"■ train (8)", "■ dev (1)", "window 5: 2 longer", "none"} <= set(said)


def test_type_shares_are_of_the_split_and_join_rare_types(tmp_path: Path) -> None:
    sentences = [("a " * 20, " ".join(f"B-T{i:02}" for i in range(20)))]
    path = write_corpus(tmp_path / "train.spacy", [*sentences, ("b", "B-T00")])
    bars = type_shares(collect([path]))
    assert len(bars) == 15
    assert bars[0] == ("T00", [(2, pytest.approx(2 / 21))])
    assert bars[-1] == ("6 others", [(6, pytest.approx(6 / 21))])


@pytest.mark.parametrize(
    ("longest", "limit", "end"),
    [(10, None, 11), (10, 20, 21), (10, 128, 11), (200, 128, 201)],
)
def test_bins_reach_beyond_the_longest_and_a_near_limit(longest, limit, end) -> None:
    edges = bin_edges(longest, limit)
    assert edges[0] == 0
    assert edges[-2] < end <= edges[-1]
    assert len({b - a for a, b in pairwise(edges)}) == 1


def test_histogram_is_the_share_of_documents() -> None:
    assert histogram(Lengths(Counter({1: 1, 2: 1, 5: 2})), [0, 2, 4, 6]) == [0.25, 0.25, 0.5]


def test_save_writes_json_and_a_picture(statistics: Statistics, tmp_path: Path) -> None:
    paths = save(statistics, tmp_path / "out")
    assert [path.name for path in paths] == ["stats.json", "stats.png"]
    assert json.loads(paths[0].read_text(encoding="utf8")) == as_json(statistics)
    with Image.open(paths[1]) as image:
        assert image.size[0] == 1320
    first = paths[1].read_bytes()
    assert save(statistics, tmp_path / "again")[1].read_bytes() == first
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["stats.json", "stats.png"]
