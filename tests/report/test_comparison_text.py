"""What a comparison is in words: its sources, and its findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_text import describe_sources
from tests.report.comparisons import records
from tests.report.records import make_job, make_record, write_records


def test_sources_are_told(tmp_path: Path) -> None:
    found = records()
    job = make_job("stable", 4)
    found += [make_record(job, None, reason="no | memory\nleft")]
    old = make_record(make_job("adaptive", 1), 0.1, finished="2025-12-31T00:00:00+00:00")
    other = make_record(replace(job, seed=5), 0.8)
    other["versions"] = {"spacy": "3.8.7"}
    folder = write_records(tmp_path, [*found, old, other])
    (folder / "running").mkdir()
    (folder / "running" / "log.txt").touch()
    comparison = compare(folder)
    assert describe_sources(comparison) == [
        "13 trainings in 4 rows: 3 seeds in 3, 4 seeds in 1.",
        "Failed: news-tiny-1-stable-4: no | memory\nleft",
        "Without a record, running or interrupted: running.",
        "Left out: 1 older records of jobs whose definition changed.",
        "Mixed versions: spacy 3.8.18, 3.8.7.",
    ]
    row = next(r for r in comparison.rows if (r.approach, r.fraction) == ("adaptive", 1.0))
    assert row.f1["last"].mean == pytest.approx(80.0)
