"""Jobs as tasks of a Ray cluster: the very function that local processes run.

Scheduling, placement and retries after a crash are Ray's own. The folders stay here: a task works
in a temporary folder of its node and sends back what it wrote, so nodes share nothing. Each node
needs adaptive-spacy installed.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ray

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import Record, make_failure, state_reason, write_record
from adaptive_spacy.experiments.relocation import move_paths, relocate
from adaptive_spacy.hashing import hash_content
from adaptive_spacy.training.lock import Lock

Files = dict[str, bytes]

#: The fields of a job that are paths
SOURCES = ("config", "corpus", "transformer")
#: Beside them, of the paths that a job's files name: where it writes
FOLDER = "folder"
#: Times that Ray starts a job again whose worker or node was lost
RETRIES = 3


class RayCluster:
    """Runs jobs on a Ray cluster.

    address (str): Of the cluster; "auto": the one of this machine; "local": a new one, for this
        sweep; empty: "auto" where there is one, else "local".
    slots (int): Jobs at a time on a new cluster; on another, as many as it has processors.
    threads (int): Of each job, for a new cluster.
    keep (bool): Whether checkpoints are kept.
    shared (bool): Whether all nodes see the same paths; else data and model are sent to them.
    """

    def __init__(
        self, address: str, slots: int, *, threads: int, keep: bool, shared: bool = False
    ) -> None:
        self.keep, self.shared = keep, shared
        self.slots = slots
        if connect(address, processors=slots * threads) != "local":
            self.slots = max(slots, int(ray.cluster_resources().get("CPU", 1)) // threads)
        self.task = ray.remote(max_retries=RETRIES)(run_shipped)
        self.shipped: dict[tuple[str, str], Any] = {}
        self.running: dict[Any, tuple[Record, Path, Lock]] = {}

    def start(self, job: Job, folder: Path, lock: Lock) -> None:
        """Hand a job to the cluster."""
        # before what it reads may change
        failure = make_failure(job)
        gpu = job.device == "gpu"
        task = self.task.options(num_cpus=job.threads, num_gpus=int(gpu), name=job.name)
        paths = {field: _absolute(getattr(job, field)) for field in SOURCES}
        files = [] if self.shared else [self._ship(one) for one in paths.values()]
        home = {**paths, FOLDER: str(folder.resolve())}
        reference = task.remote(job, home, self.keep, *files)
        self.running[reference] = failure, folder, lock

    def finished(self, timeout: float) -> Iterator[Path]:
        """Wait for jobs to end. YIELDS (Path): Folders of those that have, each with its record."""
        ended, _ = ray.wait(list(self.running), timeout=timeout)
        for reference in ended:
            failure, folder, lock = self.running.pop(reference)
            try:
                record, files = ray.get(reference)
            except ray.exceptions.RayError as error:
                # what the job itself raises is in its record
                reason = f"Ray gave up: {str(error).strip().splitlines()[0]}"
                record, files = state_reason(failure, reason), {}
            unpack(files, folder)
            write_record(folder, record)
            lock.release()
            yield folder

    def close(self) -> None:
        """Cancel what is still running and leave the cluster; a new one ends."""
        for reference, (_, _, lock) in self.running.items():
            ray.cancel(reference, force=True)
            lock.release()
        self.running.clear()
        ray.shutdown()

    def _ship(self, source: str) -> Any:
        """Put files into the cluster's store, each set once as long as it does not change."""
        path = Path(source)
        if not path.exists():
            # a name of the hub: each node loads it
            return None
        # the name of the job's folder tells of what they are now
        key = source, hash_content(path)
        if key not in self.shipped:
            self.shipped[key] = ray.put(pack(path))
        return self.shipped[key]


def connect(address: str, processors: int) -> str:
    """Join a cluster or start one, see `RayCluster`.

    processors (int): Of a new cluster.
    RETURNS (str): The address.
    RAISES (ValueError): If there is none.
    """
    options: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
    if address == "local":
        options |= {"num_cpus": processors, "include_dashboard": False}
    try:
        ray.init(address=address or "auto", **options)
    except ConnectionError as error:
        if not address:
            return connect("local", processors)
        raise ValueError(f"--ray: expected a cluster at {address}, {error}") from None
    return address


def run_shipped(
    job: Job, home: dict[str, str], keep: bool, *shipped: Files | None
) -> tuple[Record, Files]:
    """On a node: run a job in a temporary folder.

    job (Job): The job.
    home (dict[str, str]): Absolute paths of the job's config, corpus, transformer and folder where
        the sweep runs: those that its files name afterwards. What is not sent is read there.
    keep (bool): Whether checkpoints are sent back.
    shipped (dict | None): Files of config, corpus and transformer, as far as they are sent.
    RETURNS (tuple): The job's record, and the other files that it wrote.
    """
    from adaptive_spacy.experiments.run_job import run_job

    with tempfile.TemporaryDirectory() as name:
        # as a job's files name it, links resolved
        node = Path(name).resolve()
        paths = {**home, FOLDER: str(node / "job")}
        for field, files in zip(SOURCES, shipped, strict=False):
            if files is not None:
                folder = unpack(files, node / field)
                paths[field] = str(folder / next(iter(files)) if field == "config" else folder)
        written = Path(paths[FOLDER])
        sources: dict[str, Any] = {field: paths[field] for field in SOURCES}
        gpu_id = 0 if job.device == "gpu" else -1
        record = run_job(replace(job, **sources), written, keep=keep, gpu_id=gpu_id)
        # the node's paths mean nothing elsewhere
        places = {paths[field]: home[field] for field in home}
        relocate(written, places)
        record = json.loads(move_paths(json.dumps(record, ensure_ascii=False), places))
        return {**record, "job": job.to_dict()}, pack(written)


def _absolute(source: str) -> str:
    """RETURNS (str): A path as any folder knows it; a name of the hub is itself."""
    return str(Path(source).resolve()) if Path(source).exists() else source


def pack(path: Path) -> Files:
    """RETURNS (dict): A file, or the files of a folder, by relative path."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    files = sorted(one for one in path.rglob("*") if one.is_file())
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in files}


def unpack(files: Files, folder: Path) -> Path:
    """Write files into a folder. RETURNS (Path): The folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
