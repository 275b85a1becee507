"""Records of jobs: whole or not there, and named where they are broken."""

from pathlib import Path

import pytest

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import (
    RECORD,
    make_failure,
    read_record,
    write_record,
)

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")


def test_record_is_whole_or_not_there(
    jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_record(tmp_path, make_failure(jobs[0], "first"))
    with pytest.raises(ValueError, match="Out of range float values"):
        write_record(tmp_path, {"status": "done", "epochs": float("nan")})
    record = read_record(tmp_path)
    assert record is not None
    assert record["reason"] == "first"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"status": "almost"}'])
def test_broken_record_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text(text)
    with pytest.raises(ValueError, match=f"{tmp_path / RECORD}: expected a record of a job"):
        read_record(tmp_path)
