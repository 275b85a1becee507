"""What a comparison is in words: its sources, and its findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_text import conclude, describe_sources
from tests.report.comparisons import records
from tests.report.records import make_job, make_record, write_records


def test_sources_are_told(tmp_path: Path) -> None:
    found = records()
    job = make_job("stable", 4)
    found += [make_record(job, None, reason="no | memory\nleft")]
    old = make_record(make_job("adaptive", 1), 0.1, finished="2025-12-31T00:00:00+00:00")
    other = make_record(replace(job, seed=5), 0.8)
    other["versions"] = {"spacy": "3.8.7"}
    old["id"] = "another"
    # a copied folder is no other definition
    copied = {**found[0], "finished": "2025-12-31T00:00:00+00:00"}
    folder = write_records(tmp_path, [*found, old, other, copied])
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


def test_trainings_that_find_nothing_are_told(tmp_path: Path) -> None:
    nothing = [make_record(make_job("huggingface", seed), 0.0) for seed in (1, 2)]
    nothing.append(make_record(make_job("hybrid", 1), 0.0))
    told = describe_sources(compare(write_records(tmp_path, [*records(), *nothing])))
    assert told[1:] == [
        "Not an entity right, F1 0 of the last checkpoint, in 3 trainings: huggingface (2), "
        "hybrid (1)."
    ]


def test_test_is_told_in_a_sentence_whatever_it_says(tmp_path: Path) -> None:
    found = [one for one in records() if one["job"]["fraction"] == 0.1]
    first, *_ = compare(write_records(tmp_path, found)).contrasts
    assert conclude(first) == (
        "news, tiny: adaptive has +10.0 points of F1 beside stable, but that cannot be shown with "
        "3 pairs (p >= 0.25). 3 pairs of trainings."
    )
    shown = first._replace(test=first.test._replace(difference=-10.0, least_p=0.001), p=0.01)
    assert conclude(shown).startswith("news, tiny: adaptive has 10.0 points of F1 less than stable")
