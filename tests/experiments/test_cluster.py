"""Sweeps on a cluster of Ray."""

import json
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from spacy.util import load_config

from adaptive_spacy.config.checksums import require_unchanged, seal
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import Record, make_failure, write_record
from adaptive_spacy.experiments.run_job import write_corpora, write_job_config
from adaptive_spacy.training.lock import Lock
from tests.experiments.sweeps import with_own_config

RUN_JOB = "adaptive_spacy.experiments.run_job.run_job"
#: What jobs read that draw or join their data, and one that does neither
KINDS: dict[str, dict[str, Any]] = {
    "share": {"fraction": 0.5},
    "labels": {"labels": 14, "dev": 0.3},
    "joined": {"train_on_dev": True},
}


@dataclass(frozen=True, eq=False)
class Task:
    """A task of Ray that is run at once, in this process; then what it came to."""

    function: Callable[..., Any]
    result: Any = None

    def options(self, **options: Any) -> "Task":
        return self

    def remote(self, *arguments: Any) -> "Task":
        return replace(self, result=self.function(*arguments))


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    there: dict[str, Callable[..., Any]] = {
        "init": lambda **options: None,
        "remote": lambda **options: Task,
        "put": lambda value: value,
        "get": lambda task: task.result,
        "wait": lambda tasks, timeout: (tasks, []),
    }
    for name, function in there.items():
        monkeypatch.setattr(ray, name, function)


@pytest.fixture
def job(jobs: list[Job], in_root: None) -> Job:
    """A job with paths that only this folder knows."""
    corpus, transformer = (os.path.relpath(one) for one in (jobs[0].corpus, jobs[0].transformer))
    return replace(jobs[0], corpus=corpus, transformer=transformer)


def write_files(job: Job, folder: Path, *, keep: bool, gpu_id: int = -1) -> Record:
    """What a job writes, without its training."""
    folder.mkdir(parents=True, exist_ok=True)
    config = write_job_config(job, write_corpora(job, folder), folder, None, keep=keep)
    fold, checkpoint = folder / "folds" / "fold-1", folder / "model-epoch-3"
    for place in (fold, checkpoint):
        place.mkdir(parents=True)
        shutil.copy(config, place)
    write_record(fold, make_failure(job))
    (checkpoint / "meta.json").write_text("{}")
    seal(checkpoint)
    return make_failure(job, f"{Path(job.corpus).resolve()}: for a test")


def run_on_ray(jobs: Sequence[Job], folders: Sequence[Path], *, shared: bool = False) -> None:
    from adaptive_spacy.experiments.cluster import RayCluster

    cluster = RayCluster("local", 1, threads=1, keep=True, shared=shared)
    for job, folder in zip(jobs, folders, strict=True):
        lock = Lock.take(folder)
        assert lock is not None
        cluster.start(job, folder, lock)
        assert list(cluster.finished(0)) == [folder]


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_back_names_what_is_here(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, shared: bool
) -> None:
    job, folder = replace(job, **KINDS[kind]), tmp_path / "job"
    told = write_files(job, folder, keep=True)
    written = sorted(folder.rglob("config.cfg"))
    expected = {path: path.read_text() for path in written}
    shutil.rmtree(folder)
    monkeypatch.setattr(RUN_JOB, write_files)
    run_on_ray([job], [folder], shared=shared)
    assert {path: path.read_text() for path in written} == expected
    assert len(expected) == 3
    paths = load_config(folder / "config.cfg", interpolate=True)["paths"]
    assert all(Path(paths[split]).is_file() for split in ("train", "dev"))
    record = json.loads((folder / "record.json").read_text())
    assert {**record, "finished": told["finished"]} == told
    fold = json.loads((folder / "folds" / "fold-1" / "record.json").read_text())["job"]
    for field in ("config", "corpus", "transformer"):
        assert Path(fold[field]).resolve() == Path(getattr(job, field)).resolve()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        require_unchanged(folder / "model-epoch-3")


@pytest.mark.usefixtures("_at_once")
def test_jobs_are_sent_what_their_folders_are_called_by(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = with_own_config(job, tmp_path)
    mine = Path(job.config)
    identities = []

    def edit(one: Job, folder: Path, **options: Any) -> Record:
        """The file is changed while the job runs."""
        mine.write_text(mine.read_text().replace("dropout = 0.1", "dropout = 0.3"))
        identities.append(job.identity())
        return make_failure(one)

    monkeypatch.setattr(RUN_JOB, edit)
    before = job.identity()
    run_on_ray([job, job], [tmp_path / "one", tmp_path / "two"])
    records = [json.loads((tmp_path / one / "record.json").read_text()) for one in ("one", "two")]
    assert [record["id"] for record in records] == [before, identities[0]]
    assert before != identities[0]


@pytest.mark.usefixtures("_at_once")
def test_job_that_was_lost_is_recorded_as_it_began(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    job = with_own_config(job, tmp_path)
    mine = Path(job.config)
    before = job.identity()

    def lose(task: Task) -> None:
        mine.write_text("half a conf")
        raise ray.exceptions.RayError("the node is gone")

    monkeypatch.setattr(RUN_JOB, lambda one, folder, **_: make_failure(one))
    monkeypatch.setattr(ray, "get", lose)
    run_on_ray([job], [tmp_path / "job"])
    record = json.loads((tmp_path / "job" / "record.json").read_text())
    assert record["id"] == before
    assert record["reason"] == "Ray gave up: the node is gone"


@pytest.mark.parametrize("running", [True, False])
def test_ray_joins_the_cluster_of_this_machine_or_starts_one(
    monkeypatch: pytest.MonkeyPatch, running: bool
) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    from adaptive_spacy.experiments.cluster import connect

    calls = []

    def init(address: str, **options: object) -> None:
        calls.append((address, options.get("num_cpus")))
        if address == "auto" and not running:
            raise ConnectionError("none is running")

    monkeypatch.setattr(ray, "init", init)
    assert connect("", processors=2) == ("" if running else "local")
    assert calls == [("auto", None), ("local", 2)][: 1 if running else 2]
    if not running:
        with pytest.raises(ValueError, match="--ray: expected a cluster at auto, none is running"):
            connect("auto", processors=2)
