import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adaptive_spacy.experiments import runner
from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.progress import Progress
from adaptive_spacy.experiments.records import (
    make_failure,
    read_records,
    stop_of,
    write_record,
)
from adaptive_spacy.experiments.runner import Queue, claim, sweep
from adaptive_spacy.training.lock import Lock
from tests.report.records import make_record

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")


class Scripted:
    """A backend that ends one job at a time.

    epochs (dict): Epochs of the adaptive jobs by seed; None: the job fails.
    """

    def __init__(self, epochs: dict[int, int | None], slots: int = 2) -> None:
        self.epochs, self.slots = epochs, slots
        self.running: list[tuple[Job, Path, Lock]] = []
        self.started: list[str] = []
        self.most = 0

    def start(self, job: Job, folder: Path, lock: Lock) -> None:
        self.started.append(job.name)
        self.running.append((job, folder, lock))
        self.most = max(self.most, len(self.running))

    def finished(self, timeout: float) -> Iterator[Path]:
        job, folder, lock = self.running.pop(0)
        record = make_failure(job, "scripted")
        epochs = self.epochs[job.seed] if job.approach == "adaptive" else 1
        if epochs is not None:
            record = {**make_record(job, 0.5, epochs=epochs), "phases": []}
        write_record(folder, record)
        lock.release()
        yield folder

    def close(self) -> None:
        for _, _, lock in self.running:
            lock.release()


def test_jobs_wait_for_the_rounded_mean_stop(jobs: list[Job], tmp_path: Path) -> None:
    backend = Scripted({1: 12, 2: 15})
    outcome = sweep(jobs, tmp_path, backend)
    assert [one.removeprefix("little-tiny-1-") for one in backend.started] == [
        "adaptive-1",
        "adaptive-2",
        "hybrid-1",
        "hybrid-2",
    ]
    assert backend.most == 2
    assert len(outcome.done) == 4
    totals = {
        record["job"]["settings"].get("variables.total")
        for record in outcome.done
        if record["job"]["approach"] == "hybrid"
    }
    # 13.5 to the even neighbour, as Python rounds
    assert totals == {14}


def test_stop_is_not_counted_past_the_end() -> None:
    phases = [{"phase": "cooldown", "start": 9, "end": 15}]
    assert stop_of({"epochs": 15, "phases": phases}) == 15
    finished = {"phase": "finished", "start": 15, "end": 16}
    assert stop_of({"epochs": 16, "phases": [*phases, finished]}) == 15


def test_second_sweep_runs_nothing(jobs: list[Job], tmp_path: Path) -> None:
    sweep(jobs, tmp_path, Scripted({1: 12, 2: 15}))
    again = Scripted({})
    outcome = sweep(jobs, tmp_path, again)
    assert again.started == []
    assert len(outcome.done) == 4


def test_failure_stops_only_what_waits_for_it(jobs: list[Job], tmp_path: Path) -> None:
    outcome = sweep(jobs, tmp_path, Scripted({1: None, 2: 15}))
    assert [record["job"]["seed"] for record in outcome.failed] == [1]
    assert outcome.failed[0]["reason"] == "scripted"
    assert [record["job"]["seed"] for record in outcome.done] == [2]
    assert [job.name for job in outcome.blocked] == [
        "little-tiny-1-hybrid-1",
        "little-tiny-1-hybrid-2",
    ]
    # it is not run again unless asked for
    again = Scripted({1: 12})
    assert len(sweep(jobs, tmp_path, again).failed) == 1
    assert again.started == []
    outcome = sweep(jobs, tmp_path, again, retry_failed=True)
    assert [one[-10:] for one in again.started] == ["adaptive-1", "1-hybrid-1", "1-hybrid-2"]
    assert len(outcome.done) == 4


def test_any_number_of_jobs_waits_for_one_that_failed(jobs: list[Job]) -> None:
    """`--seeds` allows ten thousand."""
    source = next(job for job in jobs if job.approach == "adaptive")
    waiting = next(job for job in jobs if job.approach == "hybrid")
    many = 2 * sys.getrecursionlimit()
    queue = Queue([source, *(replace(waiting, seed=seed) for seed in range(many))])
    assert queue.take() == source
    queue.settle(source, make_failure(source, "scripted"))
    assert queue.take() is None
    assert [job.seed for job in queue.outcome.blocked] == [*range(many)]
    assert not queue


def test_retry_runs_a_failure_once(jobs: list[Job], tmp_path: Path) -> None:
    sweep(jobs, tmp_path, Scripted({1: None, 2: 15}))
    again = Scripted({1: None})
    assert len(sweep(jobs, tmp_path, again, retry_failed=True).failed) == 1
    assert [one[-10:] for one in again.started] == ["adaptive-1"]


def test_retry_runs_each_of_one_name(namesakes: list[Job], tmp_path: Path) -> None:
    sweep(namesakes, tmp_path, Scripted({1: None}))
    again = Scripted({1: 12})
    outcome = sweep(namesakes, tmp_path, again, retry_failed=True)
    assert (len(again.started), len(outcome.done)) == (4, 4)


def test_job_of_another_sweep_is_left_to_it(
    jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / jobs[0].folder()
    lock = Lock.take(folder)
    assert lock is not None
    naps = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        write_record(folder, {**make_record(jobs[0], 0.5, epochs=9), "phases": []})
        lock.release()

    monkeypatch.setattr(runner.time, "sleep", nap)
    backend = Scripted({2: 15})
    outcome = sweep(jobs, tmp_path, backend)
    assert naps == [runner.POLL]
    assert "little-tiny-1-adaptive-1" not in backend.started
    assert len(backend.started) == 3
    assert len(outcome.done) == 4


def test_job_that_was_settled_meanwhile_is_not_kept_locked(
    jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record(jobs[0], 0.5)
    # another sweep writes its record between the look and the lock
    looks = iter([None, record])
    monkeypatch.setattr(runner, "read_record", lambda _: next(looks))
    assert claim(tmp_path) == record
    lock = Lock.take(tmp_path)
    assert lock is not None
    lock.release()


def test_interrupted_sweep_leaves_no_record_and_no_lock(
    jobs: list[Job], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(Scripted):
        def finished(self, timeout: float) -> Iterator[Path]:
            raise KeyboardInterrupt
            yield

    with pytest.raises(KeyboardInterrupt):
        sweep(jobs, tmp_path, Interrupted({}), progress=Progress(jobs))
    assert read_records(tmp_path) == []
    assert (
        f"ℹ Stopped: 0 of {len(jobs)} jobs are done, 2 are begun. Go on: the same command"
    ) in capsys.readouterr().out
    assert isinstance(claim(tmp_path / jobs[0].folder()), Lock)


def test_lock_is_held_until_all_holders_let_go(tmp_path: Path) -> None:
    lock = Lock.take(tmp_path)
    assert lock is not None
    assert Lock.take(tmp_path) is None
    duplicate = os.dup(lock.descriptor)
    lock.release()
    assert Lock.take(tmp_path) is None
    os.close(duplicate)
    assert Lock.take(tmp_path) is not None


def test_missing_files_are_found_before_anything_runs(grid: Grid, tmp_path: Path) -> None:
    broken = grid.model_dump()
    broken["datasets"]["little"]["path"] = "nowhere"
    broken["models"]["tiny"] = "./nowhere"
    broken["approaches"]["adaptive"]["config"] = "nowhere.cfg"
    jobs = list(Grid.model_validate(broken).jobs())
    with pytest.raises(ValueError, match=r"datasets.little: expected nowhere/train") as error:
        sweep(jobs, tmp_path / "runs", Scripted({}))
    assert str(error.value).count("datasets.little") == 1
    assert not (tmp_path / "runs").exists()
    for job in jobs[:2]:
        object.__setattr__(job, "corpus", str(grid.datasets["little"].path))
    with pytest.raises(ValueError, match=r"approaches.adaptive.config: nowhere.cfg: there is no"):
        jobs[0].check()
    with pytest.raises(ValueError, match=r"models.tiny: expected a folder or a name of the hub"):
        jobs[1].check()


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"training.seed": 1.5}, "[training] seed: expected a whole number"),
        ({"nlp.lang": "zz"}, "[nlp] lang: expected the code of a language of spaCy"),
        (
            {"training.optimizer.grad_clip": float("nan")},
            "[training.optimizer] grad_clip: expected",
        ),
    ],
)
def test_a_setting_at_which_spacy_breaks_off_is_found_before_the_first_job(
    grid: Grid, tmp_path: Path, settings: dict[str, object], fault: str
) -> None:
    job = next(job for job in grid.jobs() if job.approach == "adaptive")
    broken = replace(job, settings={**job.settings, **settings})
    backend = Scripted({})
    with pytest.raises(ValueError, match=re.escape(f"approaches.adaptive: {fault}")):
        sweep([broken], tmp_path, backend)
    assert (backend.started, list(tmp_path.iterdir())) == ([], [])
