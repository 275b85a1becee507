"""Snapshots that are damaged, cut off, or could not be written."""

import errno
import math
import warnings
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch

import adaptive_spacy.files
from adaptive_spacy.training.resume.snapshots import KEPT, Snapshots

STATE: dict[str, Any] = {
    "numbers": [1, 0.1, math.inf, None, True, "text"],
    "arrays": {"a": numpy.arange(6, dtype="f4").reshape(2, 3), "b": torch.ones(0)},
    "nested": [{"random": torch.arange(4, dtype=torch.uint8)}, [numpy.float32(0.1)]],
}


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    made = Snapshots(tmp_path / "resume")
    for step in (3, 8):
        made.write(step, {"is": "same"}, {**STATE, "step": step})
    return made


def test_snapshot_gives_back_what_it_got(snapshots: Snapshots) -> None:
    found = snapshots.read()
    assert found is not None
    identity, state = found
    assert identity == {"is": "same"}
    assert state["step"] == 8
    assert state["numbers"] == STATE["numbers"]
    assert torch.equal(state["arrays"]["a"], torch.from_numpy(STATE["arrays"]["a"]))
    assert state["arrays"]["b"].shape == (0,)
    assert torch.equal(state["nested"][0]["random"], STATE["nested"][0]["random"])
    assert state["nested"][1] == [float(numpy.float32(0.1))]


def test_two_are_kept(snapshots: Snapshots) -> None:
    snapshots.write(11, {}, {"step": 11})
    assert [one.name for one in snapshots.folders()] == ["step-000000008", "step-000000011"]
    assert KEPT == 2


def test_end_that_was_damaged_is_removed_by_the_next(snapshots: Snapshots) -> None:
    (snapshots.folder / "step-000000008" / "manifest.json").write_text("{")
    snapshots.write(5, {}, {"step": 5})
    # the newest that is named is the one that is read, and the one before is whole
    assert [one.name for one in snapshots.folders()] == ["step-000000003", "step-000000005"]
    found = snapshots.read()
    assert found is not None
    assert found[1] == {"step": 5}


def test_steps_count_as_numbers(snapshots: Snapshots) -> None:
    for step in (999_999_999, 1_000_000_000):
        snapshots.write(step, {}, {"step": step})
    assert [one.name for one in snapshots.folders()] == ["step-999999999", "step-1000000000"]


def test_arrays_of_any_layout_are_written(snapshots: Snapshots) -> None:
    fixed = numpy.arange(3.0)
    fixed.flags.writeable = False
    turned = torch.arange(6).reshape(2, 3).T
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        snapshots.write(12, {}, {"fixed": fixed, "turned": turned})
    found = snapshots.read()
    assert found is not None
    assert found[1]["fixed"].tolist() == [0.0, 1.0, 2.0]
    assert torch.equal(found[1]["turned"], turned)


def test_weights_that_are_tied_are_written(snapshots: Snapshots) -> None:
    tied = torch.arange(3.0)
    snapshots.write(12, {}, {"a": tied, "b": tied, "c": tied[1:]})
    found = snapshots.read()
    assert found is not None
    assert torch.equal(found[1]["b"], tied)
    assert torch.equal(found[1]["c"], tied[1:])


@pytest.mark.parametrize("how", ["flipped", "cut", "gone", "empty"])
@pytest.mark.parametrize("name", ["state.json", "arrays.safetensors", "manifest.json"])
def test_damaged_snapshot_is_passed_over(snapshots: Snapshots, name: str, how: str) -> None:
    path = snapshots.folders()[-1] / name
    content = bytearray(path.read_bytes())
    if how == "flipped":
        content[len(content) // 2] ^= 1
    shorter = {"cut": content[: len(content) // 2], "empty": b""}
    path.unlink() if how == "gone" else path.write_bytes(bytes(shorter.get(how, content)))
    with pytest.warns(UserWarning, match="the one before is used, step-000000003"):
        found = snapshots.read()
    assert found is not None
    assert found[1]["step"] == 3
    for folder in snapshots.folders():
        (folder / "state.json").write_text("{}")
    with pytest.raises(ValueError, match="start the training anew, without --resume") as caught:
        snapshots.read()
    assert "\n" not in str(caught.value)


def test_every_flipped_byte_is_found(snapshots: Snapshots) -> None:
    folder = snapshots.folders()[-1]
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for place in range(0, len(content), max(1, len(content) // 40)):
            flipped = bytearray(content)
            flipped[place] ^= 0x10
            path.write_bytes(bytes(flipped))
            with pytest.warns(UserWarning, match="the one before is used"):
                found = snapshots.read()
            assert found is not None
            assert found[1]["step"] == 3, (path.name, place)
        path.write_bytes(content)


def test_full_disk_leaves_the_one_before(
    snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(adaptive_spacy.files, "_sync_one", full)
        with pytest.raises(OSError, match="No space left"):
            snapshots.write(20, {}, STATE)
    assert sorted(snapshots.folder.iterdir()) == snapshots.folders()
    found = snapshots.read()
    assert found is not None
    assert found[1]["step"] == 8


def test_finished_training_leaves_its_name_alone(snapshots: Snapshots) -> None:
    assert snapshots.finished() is None
    snapshots.finish({"is": "over"})
    assert snapshots.read() is None
    assert snapshots.finished() == {"is": "over"}
    assert [one.name for one in snapshots.folder.iterdir()] == ["finished.json"]
    snapshots.clear()
    assert not snapshots.folder.exists()


def test_only_snapshots_are_removed(snapshots: Snapshots) -> None:
    mine = snapshots.folder / "step-by-step"
    mine.mkdir()
    (mine / "cv.txt").write_text("mine")
    snapshots.write(11, {}, {"step": 11})
    snapshots.finish({})
    snapshots.clear()
    assert [one.name for one in snapshots.folder.iterdir()] == ["step-by-step"]
    assert (mine / "cv.txt").read_text() == "mine"
    (mine / "cv.txt").unlink()
    mine.rmdir()
    snapshots.clear()
    assert not snapshots.folder.exists()
