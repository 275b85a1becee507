import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.experiments.packed_records import INDEX, LONG, _divide, _join, pack
from adaptive_spacy.experiments.records import read_records
from adaptive_spacy.report.comparison import compare
from adaptive_spacy.training.lock import LOCK, Lock
from tests.report.records import make_job, make_record, write_records

#: Of the records here
HISTORIES = "histories-news-tiny-1.jsonl.gz"
KEYS = st.sampled_from(["definition", "history", "sentences", "results", "a"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def make_records() -> list[dict[str, Any]]:
    jobs = [make_job(one, seed) for one in ("adaptive", "stable") for seed in (10, 9)]
    return [make_record(job, 0.1 + 0.2 + job.seed / 100) for job in jobs]


def read_bytes(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in (INDEX, HISTORIES)]


def test_packed_records_are_read_and_reported_as_those_of_the_sweep(tmp_path: Path) -> None:
    records = make_records()
    got = {"tp": [0, 2], "fp": [0, 0], "fn": [1, 0], "loss": [0.1, 1 / 3]}
    records[0]["sentences"] = {"tokens": [5, 4], "checkpoints": {"6": got}}
    runs = write_records(tmp_path / "runs", records)
    assert pack(read_records(runs), tmp_path / "packed") == 4
    found = read_records(tmp_path / "packed")
    by_id = {one["id"]: one for one in records}
    assert {one["id"]: one for one in found} == by_id
    assert [one["job"]["seed"] for one in found] == [9, 10, 9, 10]
    assert compare(tmp_path / "packed").rows == compare(runs).rows
    assert sorted(path.name for path in (tmp_path / "packed").iterdir()) == [HISTORIES, INDEX]


def test_index_has_a_line_per_run_without_what_is_long(tmp_path: Path) -> None:
    record = make_records()[0]
    got = {"tp": [0, 2], "fp": [0, 0], "fn": [1, 0], "loss": None}
    record["sentences"] = {"tokens": [5, 4], "checkpoints": {"6": got}}
    record["results"]["last"]["test"]["sentences"] = [1, 2]
    pack([record], tmp_path)
    (line,) = (tmp_path / INDEX).read_text(encoding="utf8").splitlines()
    short = json.loads(line)
    assert short.keys() & {"history", "definition", "sentences"} == set()
    assert short["results"]["last"]["test"] == {"f1": 0.1 + 0.2 + 0.1}
    assert short["data"] == {"train": {"sentences": 100, "tokens": 1000}}
    assert read_records(tmp_path) == [record]


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_nothing_is_lost_between_index_and_histories(record: dict[str, Any]) -> None:
    assert _join(*_divide(record)) == record


def test_packing_again_changes_no_byte_and_order_does_not_count(tmp_path: Path) -> None:
    records = make_records()
    pack(records, tmp_path / "one")
    written = read_bytes(tmp_path / "one")
    changed = (tmp_path / "one" / INDEX).stat().st_mtime_ns
    assert pack(records, tmp_path / "one") == 0
    assert (tmp_path / "one" / INDEX).stat().st_mtime_ns == changed
    # run by run, the last first
    assert [pack([one], tmp_path / "two") for one in reversed(records)] == [1, 1, 1, 1]
    assert read_bytes(tmp_path / "two") == written


def test_packing_more_leaves_the_bytes_of_what_was_packed(tmp_path: Path) -> None:
    """Of other sizes, too, whatever the order of a record's keys."""
    records = [make_record(make_job("adaptive", 1, labels=n, dev=0.2), 0.5) for n in (25, 50)]
    for record in records:
        record["results"]["last"]["test"]["per_type"] = {
            "PER": {"f1": 0.5, "precision": 0.5, "recall": 0.5, "support": 4}
        }
    long = [key for key in records[0] if key in LONG]
    assert long
    for first in ({}, {key: records[0][key] for key in long}):
        folder = tmp_path / str(len(first))
        pack([first | records[0]], folder)
        (path,) = folder.glob("histories*")
        before = path.read_bytes()
        pack(records[1:], folder)
        assert path.read_bytes() == before


def test_packing_adds_runs_and_keeps_those_that_the_sweep_no_longer_has(tmp_path: Path) -> None:
    records = make_records()
    pack(records[:3], tmp_path)
    lines = (tmp_path / INDEX).read_text(encoding="utf8").splitlines()
    assert pack(records[3:], tmp_path) == 1
    grown = (tmp_path / INDEX).read_text(encoding="utf8").splitlines()
    assert len(grown) == 4
    assert set(lines) < set(grown)


def test_same_run_that_took_another_time_stays_as_it_is_packed(tmp_path: Path) -> None:
    record = {**make_records()[0], "machine": "x86_64"}
    pack([record], tmp_path)
    again = {**record, "seconds": 99.0, "machine": "other", "finished": "2027-01-01T00:00:00+00:00"}
    assert pack([again], tmp_path) == 0
    assert read_records(tmp_path) == [record]


def test_record_that_says_the_same_and_more_replaces_the_packed_one(tmp_path: Path) -> None:
    record = make_records()[0]
    got = {"tp": [1], "fp": [0], "fn": [0], "loss": None}
    more = {**record, "sentences": {"tokens": [5], "checkpoints": {"6": got}}}
    pack([record], tmp_path)
    assert pack([more], tmp_path) == 1
    assert pack([record], tmp_path) == 0
    assert read_records(tmp_path) == [more]


def test_packing_refuses_two_results_of_one_run_and_writes_nothing(tmp_path: Path) -> None:
    records = make_records()
    pack(records[:1], tmp_path)
    written = read_bytes(tmp_path)
    other = make_record(make_job("adaptive", 10), 0.9)
    with pytest.raises(ValueError, match=r"adaptive with seed 10 on 1 of news, .* in results "):
        pack([records[1], other], tmp_path)
    assert read_bytes(tmp_path) == written
    with pytest.raises(ValueError, match="in epochs, token_updates "):
        pack([{**records[0], "epochs": 4, "token_updates": 7}], tmp_path)


def test_run_that_failed_gives_way_to_one_that_did_not(tmp_path: Path) -> None:
    done = make_records()[0]
    first, second = (
        make_record(make_job("adaptive", 10), None, reason=why, finished=f"2026-01-0{day}")
        for why, day in (("first", 1), ("second", 2))
    )
    pack([second, first], tmp_path)
    assert [one["reason"] for one in read_records(tmp_path)] == ["second"]
    assert pack([done], tmp_path) == 1
    assert pack([first], tmp_path) == 0
    assert read_records(tmp_path) == [done]


def test_two_do_not_pack_into_one_folder_at_the_same_time(tmp_path: Path) -> None:
    lock = Lock.take(tmp_path)
    assert lock is not None
    with pytest.raises(ValueError, match="found another process that packs there"):
        pack(make_records(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]
    lock.release()
    assert pack(make_records(), tmp_path) == 4


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        (HISTORIES, lambda data: data[:-9], "tiny-1.jsonl.gz: expected a whole file of gzip"),
        (HISTORIES, lambda data: b"{}\n", "tiny-1.jsonl.gz: expected a whole file of gzip"),
        (HISTORIES, lambda data: gzip.compress(b'{"id": "x"}\n'), "index.jsonl: line 1: expected"),
        (INDEX, lambda data: data + b"[1]\n", "index.jsonl: line 5: expected .*, found a list"),
        (INDEX, lambda data: data[:-50], "index.jsonl: line 4: expected the record of a run, but"),
        (INDEX, lambda data: data + b'{"id": [1]}\n', r"line 5: .* beside it, got \[1\]"),
        (INDEX, lambda data: data.replace(b"epochs", b"eqochs"), "line 1: .* done.epochs"),
    ],
)
def test_damaged_packed_file_is_named(tmp_path: Path, name: str, damage: Any, message: str) -> None:
    pack(make_records(), tmp_path)
    path = tmp_path / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=message):
        read_records(tmp_path)


def test_packed_folder_without_histories_is_named(tmp_path: Path) -> None:
    pack(make_records(), tmp_path)
    (tmp_path / HISTORIES).unlink()
    with pytest.raises(
        ValueError, match=r"index.jsonl: line 1: expected a run of histories\*.jsonl.gz beside it"
    ):
        read_records(tmp_path)


def test_each_data_set_model_and_size_has_a_file_that_others_leave_alone(tmp_path: Path) -> None:
    jobs = [
        make_job("adaptive", 1),
        make_job("adaptive", 1, fraction=0.5),
        make_job("adaptive", 1, dataset="mail"),
        make_job("adaptive", 1, labels=25, dev=0.2),
    ]
    records = [make_record(job, 0.5) for job in jobs]
    pack(records, tmp_path)
    names = ["mail-tiny-1", "news-tiny-0.5", "news-tiny-1", "news-tiny-25"]
    assert sorted(path.name for path in tmp_path.glob("histories*")) == [
        f"histories-{name}.jsonl.gz" for name in names
    ]
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("histories*")}
    assert pack([make_record(make_job("adaptive", 2, dataset="mail"), 0.5)], tmp_path) == 1
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("histories*")}
    assert [name for name in before if before[name] != after[name]] == [
        "histories-mail-tiny-1.jsonl.gz"
    ]
    assert len(read_records(tmp_path)) == 5


def test_one_file_of_all_histories_is_read_and_divided_by_the_next_run(tmp_path: Path) -> None:
    """As it was before."""
    records = make_records()
    pack(records[:3], tmp_path)
    (tmp_path / HISTORIES).rename(tmp_path / "histories.jsonl.gz")
    assert len(read_records(tmp_path)) == 3
    assert pack(records[3:], tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [HISTORIES, INDEX]
    assert len(read_records(tmp_path)) == 4


def test_no_name_of_a_data_set_leads_out_of_the_folder(tmp_path: Path) -> None:
    job = make_job("adaptive", 1, dataset="../é/x")
    pack([make_record(job, 0.5)], tmp_path / "packed")
    assert [path.name for path in tmp_path.iterdir()] == ["packed"]
    assert (tmp_path / "packed" / "histories-..___x-tiny-1.jsonl.gz").is_file()
