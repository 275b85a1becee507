"""Runs one job: a training of its config, in a folder of its own."""

import contextlib
import json
import platform
import shutil
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import spacy
import torch
from confection import Config
from spacy.cli._util import setup_gpu
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.util import load_config
from spacy.vocab import Vocab

from adaptive_spacy.data.corpus import FractionCorpus
from adaptive_spacy.experiments.budget import draw_labels
from adaptive_spacy.experiments.courses import Course
from adaptive_spacy.experiments.fixed_length import curve_of, fix_epochs
from adaptive_spacy.experiments.fold_length import Found, find_course
from adaptive_spacy.experiments.fold_outcomes import FOLDS
from adaptive_spacy.experiments.inputs import hash_files, keep_config, require_same
from adaptive_spacy.experiments.job import SPLITS, Job
from adaptive_spacy.experiments.records import Record, make_failure
from adaptive_spacy.experiments.selection import RESULTS, epoch_of
from adaptive_spacy.experiments.threads import computing_in
from adaptive_spacy.training.history import HISTORY, read_history, stretches
from adaptive_spacy.training.lock import LOCK
from adaptive_spacy.training.resume.driver import Driver
from adaptive_spacy.training.resume.identity import machine, versions
from adaptive_spacy.training.resume.snapshots import RESUME, Snapshots

PACKAGES = ("adaptive-spacy", "spacy", "thinc", "spacy-transformers", "torch", "transformers")
LOGGER = "adaptive_spacy.ExperimentLogger.v1"


def run_job(job: Job, folder: Path, *, keep: bool = False, gpu_id: int = -1) -> Record:
    """Train and score one job. A fault of the job becomes part of its record.

    job (Job): The job, with the numbers of rounds that it waited for.
    folder (Path): Gets config, log, history and, if asked for, checkpoints. A training that was
        broken off there goes on where it was saved; what else it left is removed.
    keep (bool): Whether to keep the selected checkpoints.
    gpu_id (int): Number of the GPU; -1: the processor.
    RETURNS (dict): The record; see docs/experiments.md. It is not written.
    """
    _empty(folder)
    started = time.perf_counter()
    record = make_failure(job)
    record["versions"] = {one: version(one) for one in PACKAGES}
    record["versions"]["python"] = platform.python_version()
    record["machine"] = platform.machine()
    with (
        (folder / "log.txt").open("w", encoding="utf8") as log,
        contextlib.redirect_stdout(log),
        contextlib.redirect_stderr(log),
        computing_in(job.threads),
    ):
        try:
            setup_gpu(gpu_id, silent=True)
            if gpu_id >= 0:
                record["machine"] = torch.cuda.get_device_name(gpu_id)
            found, earlier = _train(job, folder, keep=keep, gpu_id=gpu_id)
            # so that a job costs what it took, however often it was broken off
            started -= earlier
            record.update(read_results(folder), data=count_data(job, folder), status="done")
            if found is not None:
                add_folds(record, found)
        except Exception as error:
            traceback.print_exc()
            record.update(status="failed", reason=describe_error(error))
    record["seconds"] = round(time.perf_counter() - started, 3)
    record["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
    return record


def describe_error(error: BaseException) -> str:
    """RETURNS (str): One line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def read_results(folder: Path) -> Record:
    """RETURNS (dict): The part of a record that a training's files hold.
    RAISES (ValueError): If no round of it came to its end, so that there is nothing to score."""
    if not (folder / RESULTS).exists():
        raise ValueError(
            "[training] max_epochs, max_steps: expected a round ([training] eval_frequency) at "
            "least, the training ended before its first round did"
        )
    history = read_history(folder / HISTORY)
    found = json.loads((folder / RESULTS).read_text(encoding="utf8"))
    (folder / RESULTS).unlink()
    phases = [one._asdict() for one in stretches(history)]
    best = found["results"]["best_loss"] or found["results"]["best_f1"]
    return {
        "history": [asdict(one) for one in history],
        "phases": phases,
        "epochs": epoch_of(asdict(history[-1])),
        "best_epoch": best["epoch"],
        "precision": history[-1].precision,
        **found,
    }


def write_corpora(job: Job, folder: Path) -> dict[str, Path]:
    """Write what a job draws or joins of its corpus into its folder.
    RETURNS (dict[str, Path]): Its files by split, absolute."""
    files = {split: path.resolve() for split, path in job.files().items()}
    if job.labels is not None:
        files |= draw_labels(job, files, folder)
    elif job.train_on_dev:
        files["train"] = _join_corpora(job, files, folder)
    return files


def write_job_config(
    job: Job, files: Mapping[str, Path], folder: Path, course: Course | None, *, keep: bool
) -> Path:
    """Write the config that is trained: with absolute paths, so that `spacy train` repeats the job
    from any folder.

    files (Mapping[str, Path]): See `write_corpora`.
    course (Course | None): Of a job with folds, what they found.
    RETURNS (Path): The file.
    """
    config = job.make_config()
    # before references to them are resolved
    config["paths"].update(train=str(files["train"]), dev=str(files["dev"]))
    if Path(job.transformer).is_dir():
        config["variables"]["transformer"] = str(Path(job.transformer).resolve())
    if job.labels is None and job.train_on_dev:
        # the fraction was drawn of each split
        config["corpora"]["train"]["fraction"] = 1.0
    if course is not None:
        whole = config.interpolate()
        config = fix_epochs(whole, curve_of(whole), course.epochs, files["train"], course.halved)
    config["training"]["logger"] = {
        "@loggers": LOGGER,
        "folder": str(folder.resolve()),
        "keep": keep,
        "test": {"@readers": "adaptive_spacy.Corpus.v1", "path": str(files["test"])},
    }
    path = folder / "config.cfg"
    config.to_disk(path)
    return path


def count_data(job: Job, folder: Path) -> dict[str, dict[str, int]]:
    """RETURNS (dict): "sentences" and "tokens" of each split, as the job in this folder read it;
    and of "labelled", all that its approach was given to divide, where the job says how many."""
    config = load_config(folder / "config.cfg", interpolate=True)
    readers = {split: config["corpora"][split] for split in SPLITS[:2]}
    readers["test"] = config["training"]["logger"]["test"]
    counts = {
        split: count_corpus(Path(reader["path"]), reader.get("fraction", 1.0))
        for split, reader in readers.items()
    }
    if job.labels is not None:
        # train has them all where dev is a part of it
        parts = [counts["train"]] if job.learns_from_all else [counts["train"], counts["dev"]]
        counts["labelled"] = {key: sum(one[key] for one in parts) for key in parts[0]}
    return counts


def count_corpus(path: Path, fraction: float = 1.0) -> dict[str, int]:
    """RETURNS (dict[str, int]): "sentences" and "tokens" of a share of a corpus."""
    reader = FractionCorpus(path, fraction=fraction)
    lengths = [len(doc) for doc in reader.read_docbin(Vocab(), reader.files())]
    return {"sentences": len(lengths), "tokens": sum(lengths)}


def add_folds(record: Record, found: Found) -> None:
    """State the folds in a record, whose updates are then those of all its trainings."""
    record["folds"] = found.folds
    record["expected"] = asdict(found.expected)
    for key in ("updates", "token_updates"):
        record[key] += sum(one[key] for one in found.folds)


def _train(job: Job, folder: Path, *, keep: bool, gpu_id: int) -> tuple[Found | None, float]:
    """What `adaptive-spacy train --resume` does, but where to say that a config is broken.
    RETURNS (tuple[Found | None, float]): Of a job with folds, what they found; and how many seconds
        was trained before, of what goes on here."""
    files = write_corpora(job, folder)
    inputs = hash_files(files.values())
    found = None
    if job.folds is not None:
        # they and the last training are of one config
        (job,) = keep_config([job], folder / FOLDS)
        found = find_course(job, files["train"], folder, partial(run_job, gpu_id=gpu_id))
    path = write_job_config(job, files, folder, found and found.course, keep=keep)
    config: Config = load_config(path)
    snapshots = Snapshots(folder / RESUME)
    # the folder's name has the hash of config and data; the paths may be others
    identity = {"config": {"job": job.identity()}, "versions": versions(), "machine": machine()}
    state = snapshots.read_same(identity)
    nlp = init_nlp(config, use_gpu=gpu_id)
    # no output: checkpoints are the logger's
    driver = Driver(nlp, None, snapshots=snapshots, identity=identity, use_gpu=gpu_id)
    driver.run(state)
    snapshots.clear()
    # each epoch and evaluation reads them again
    require_same(inputs, hash_files(files.values()))
    earlier = (found.earlier if found else 0.0) + (state["loop"]["seconds"] if state else 0.0)
    return found, earlier


def _join_corpora(job: Job, files: dict[str, Path], folder: Path) -> Path:
    """Write the sampled sentences of train and dev as one file, so that each split is sampled as
    it is in other jobs."""
    vocab = spacy.blank(job.lang).vocab
    docs = []
    for split in SPLITS[:2]:
        reader = FractionCorpus(files[split], fraction=job.fraction)
        docs += list(reader.read_docbin(vocab, reader.files()))
    path = folder / "train-and-dev.spacy"
    DocBin(docs=docs, store_user_data=True).to_disk(path)
    return path


def _empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name in (RESUME, FOLDS):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
