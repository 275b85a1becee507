from adaptive_spacy.data.stats.corpus_statistics import Statistics
from adaptive_spacy.report.corpus_tables import render


def test_tables_show_counts_lengths_and_noise(statistics: Statistics) -> None:
    rows = [line.split() for line in render(statistics).splitlines()]
    assert ["-", "PER", "7", "(54%)", "1", "(33%)"] in rows
    assert ["entities", "not", "in", "train", "2", "(67%)"] in rows
    assert ["tokens", "train", "4", "6", "6", "6", "2", "over", "5"] in rows
    assert ["Ada", "PER", "3,", "ORG", "1"] in [row[:5] for row in rows]
