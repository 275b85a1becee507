"""Records of many runs in few files, to be kept under version control.

`index.jsonl` has a line per run: its record without what is long. The rest is in packed files, a
line per run with its id, and a file for each data set, model and size of data: a run that is added
is a line of the index and one such file, not the whole of a sweep once more. All are sorted.
"""

import contextlib
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adaptive_spacy.experiments.schema import Record, check_record
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import read_objects
from adaptive_spacy.training.lock import LOCK, Lock

INDEX = "index.jsonl"
#: The packed files; which runs are in which is nothing that a reader goes by
HISTORIES = "histories*.jsonl.gz"
#: Keys of a record, at whatever depth, whose lists and objects are no reading for people:
#: `definition` has the config's text, `per_type` the scores by type, `sentences` what was found in
#: each sentence of the test set
LONG = frozenset({"definition", "history", "per_type", "sentences"})
#: What a run found. The same job again may take another time on another machine, and no more.
FOUND = ("results", "phases", "epochs", "updates", "token_updates", "data", "sentences")


def is_packed(folder: Path) -> bool:
    """Whether a folder holds packed records."""
    return (folder / INDEX).exists()


def read_packed(folder: Path) -> list[Record]:
    """RETURNS (list[dict]): The records, by data set, model, share, approach and seed.
    RAISES (ValueError): If a file is damaged, or they do not belong together.
    """
    index = folder / INDEX
    rest = {
        str(one.get("id")): one
        for path in folder.glob(HISTORIES)
        for one in read_objects(path, "the history of a run")
    }
    records = []
    for number, line in enumerate(read_objects(index, "the record of a run"), start=1):
        where = f"{index}: line {number}"
        name = str(line.get("id"))
        if name not in rest:
            raise ValueError(f"{where}: expected a run of {HISTORIES} beside it, got {name}")
        record = _join(line, rest[name])
        try:
            check_record(record)
        except ValueError as error:
            raise ValueError(f"{where}: expected a record of a job, but {error}") from None
        records.append(record)
    return records


def pack(records: Iterable[Record], folder: Path) -> int:
    """Add records to a folder of packed ones. What is packed stays: a run that is there already is
    left as it is, unless it failed, or the new record says the same and more.

    records (Iterable[dict]): Records, in any order; one may be there more than once.
    folder (Path): Gets `index.jsonl` and the packed files; it need not exist.
    RETURNS (int): How many records are new or replaced another. With none nothing is written.
    RAISES (ValueError): If two records of a run contradict each other; nothing is written then.
    """
    with _alone(folder):
        known = {one["id"]: one for one in read_packed(folder)} if is_packed(folder) else {}
        merged = dict(known)
        for record in records:
            former = merged.get(record["id"], record)
            merged[record["id"]] = _choose(former, record, folder)
        changed = [one for name, one in merged.items() if known.get(name) is not one]
        if changed:
            _write(sorted(merged.values(), key=_place), folder)
        return len(changed)


def _choose(former: Record, record: Record, folder: Path) -> Record:
    """RETURNS (dict): Which of two records of a run is packed."""
    if "failed" in (former["status"], record["status"]):
        return max(former, record, key=lambda one: (one["status"] == "done", one["finished"]))
    shared = [key for key in FOUND if key in former and key in record]
    differing = [key for key in shared if not _agree(former[key], record[key])]
    if differing:
        job = record["job"]
        size = f"{job['fraction']:g}" if job.get("labels") is None else f"{job['labels']} labels"
        raise ValueError(
            f"{folder}: {job['approach']} with seed {job['seed']} on {size} of "
            f"{job['dataset']}, {record['id']}: expected one result of a run, found two that "
            f"differ in {', '.join(differing)} (ended {former['finished']} and "
            f"{record['finished']}); take one of them out, or pack them into another folder"
        )
    return record if _covers(record, former) and not _covers(former, record) else former


def _agree(one: Any, other: Any) -> bool:
    """Whether what two values both have is the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_agree(one[key], other[key]) for key in one.keys() & other.keys())
    return bool(one == other)


def _covers(one: Any, other: Any) -> bool:
    """Whether one has every key that the other has."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return True
    return other.keys() <= one.keys() and all(_covers(one[key], other[key]) for key in other)


def _divide(record: Record) -> tuple[Record, Record]:
    """RETURNS (tuple): A record without its long parts, and these, in the same places."""
    short: Record = {}
    long: Record = {}
    whole: Record = {}
    for key, value in record.items():
        if key in LONG and isinstance(value, dict | list):
            whole[key] = value
        elif isinstance(value, dict):
            short[key], rest = _divide(value)
            long |= {key: rest} if rest else {}
        else:
            short[key] = value
    # in the order in which `_join` has them: what was packed before is packed to the same bytes
    return short, long | whole


def _join(short: Record, long: Record) -> Record:
    """RETURNS (dict): What was divided."""
    joined = dict(short)
    for key, value in long.items():
        inner = short.get(key)
        joined[key] = _join(inner, value) if isinstance(inner, dict) else value
    return joined


def _place(record: Record) -> tuple[Any, ...]:
    job = record["job"]
    size = job["fraction"] if job.get("labels") is None else job["labels"]
    return job["dataset"], job["model"], size, job["approach"], job["seed"], record["id"]


def _write(records: list[Record], folder: Path) -> None:
    parts = [_divide(record) for record in records]
    lines: dict[str, list[bytes]] = defaultdict(list)
    for short, long in parts:
        lines[_name_histories(short)].append(_to_line({"id": short["id"], **long}))
    # before the index: a run that it does not name yet is no fault
    for name, found in lines.items():
        # without the time: the same records are the same bytes
        _replace(folder / name, gzip.compress(b"".join(found), mtime=0))
    _replace(folder / INDEX, b"".join(_to_line(short) for short, _ in parts))
    for path in folder.glob(HISTORIES):
        if path.name not in lines:
            path.unlink()


def _name_histories(record: Record) -> str:
    """RETURNS (str): The packed file of a record. What no name may have is "_", also if two data
    sets come into one file by it."""
    dataset, model, size, *_ = _place(record)
    cell = re.sub(r"[^\w.+-]", "_", f"{dataset}-{model}-{size:g}", flags=re.ASCII)
    return f"histories-{cell}.jsonl.gz"


def _replace(path: Path, data: bytes) -> None:
    """Write a file, unless it is that already."""
    if path.exists() and path.read_bytes() == data:
        return
    with replacing(path) as aside:
        aside.write_bytes(data)


def _to_line(value: Record) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, allow_nan=False)}\n".encode()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from packing into the folder at the same time, whose runs would be lost."""
    lock = Lock.take(folder)
    if lock is None:
        raise ValueError(f"{folder}: expected to be alone, found another process that packs there")
    try:
        yield
    finally:
        (folder / LOCK).unlink(missing_ok=True)
        lock.release()
        with contextlib.suppress(OSError):
            # after an error in a new folder
            folder.rmdir()
