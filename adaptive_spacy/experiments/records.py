"""Records: what a job was and what came out, one JSON file per job.

A job's folder under the sweep's output holds `config.cfg`, `log.txt`, `history.jsonl` and, as the
last thing that is written, `record.json`. A folder without a record is a job that is running or
was killed. Records that are kept are packed, see `packed_records`, and read in the same way.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.packed_records import is_packed, read_packed
from adaptive_spacy.experiments.schema import Record, check_record
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import read_object

FORMAT = 1
RECORD = "record.json"
#: What the checkpoint is selected by, on the dev set alone
RULES = ("best_loss", "best_f1", "last")


def make_failure(job: Job, reason: str | None = None) -> Record:
    """RETURNS (dict): The record of a job that came to nothing; the part of each record that says
    which job it is. One that ran to its end has more, see docs/experiments.md."""
    return {
        "format": FORMAT,
        "id": job.identity(),
        "status": "failed",
        "reason": reason,
        "finished": _now(),
        "job": job.to_dict(),
        "definition": job.definition(),
    }


def state_reason(failure: Record, reason: str) -> Record:
    """RETURNS (dict): The record of a failure that was made when the job began, with its reason:
    what the job reads may have changed since, and make another job."""
    return {**failure, "reason": reason, "finished": _now()}


def write_record(folder: Path, record: Record) -> None:
    """Write a record in one step: it is there and whole, or not there."""
    with replacing(folder / RECORD) as aside, aside.open("w", encoding="utf8") as file:
        file.write(json.dumps(record, indent=1, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_record(folder: Path) -> Record | None:
    """RETURNS (dict | None): The record of a job's folder; None: it has none yet.
    RAISES (ValueError): If the file is not a record.
    """
    path = folder / RECORD
    if not path.exists():
        return None
    remedy = "delete it, or take it from a backup"
    try:
        record: Record = read_object(path, "a record of a job")
    except ValueError as error:
        raise ValueError(f"{error}; {remedy}") from None
    try:
        check_record(record)
    except ValueError as error:
        raise ValueError(f"{path}: expected a record of a job, but {error}; {remedy}") from None
    return record


def read_records(output: Path) -> list[Record]:
    """RETURNS (list[dict]): The records of a sweep's output, by name of their folder, after those
    that are packed there.
    RAISES (ValueError): If there is no such folder, or a record is damaged.
    """
    if not output.is_dir():
        raise ValueError(f"{output}: expected the output folder of a sweep, found none")
    packed = read_packed(output) if is_packed(output) else []
    return [*packed, *_records(output)]


def stop_of(record: Record) -> float:
    """RETURNS (float): The round in which a training's schedule ended. With one update per round,
    the update that was drawn before that is a round of its own, and its length one more."""
    phases = record.get("phases", [])
    finished = [one["start"] for one in phases if one["phase"] == "finished"]
    return float(finished[0] if finished else record["epochs"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _records(output: Path) -> Iterator[Record]:
    for path in sorted(output.glob(f"*/{RECORD}")):
        record = read_record(path.parent)
        if record is not None:
            yield record
