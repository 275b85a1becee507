"""The model to ship: trained on train and dev, as long as an adaptive run found.

The adaptive run needs dev to see when to stop. Once that is known, the same curve can be had
without feedback (`hybrid`), and dev can be learnt from (arXiv 2202.02617, appendix L). Dev scores
are of seen data then, so nothing is selected by them: the last model ships.
"""

import json
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import spacy
from spacy.cli._util import setup_gpu
from spacy.training.loop import DIR_MODEL_LAST
from thinc.api import Config

from adaptive_spacy.config.loading import read_config
from adaptive_spacy.data.spacy_files import holds_docs
from adaptive_spacy.experiments.fixed_length import Curve, fix_rounds
from adaptive_spacy.experiments.records import RECORD, Record, read_record
from adaptive_spacy.experiments.replay import count_rounds, find_stop, replay
from adaptive_spacy.experiments.shipping import (
    begin_output,
    clear_up,
    keep_aside,
    learning_from,
    mark,
    publish,
    read_splits,
    require_output,
    state_temperatures,
    train_aside,
)
from adaptive_spacy.files import replacing, require_apart
from adaptive_spacy.parsing import read_object
from adaptive_spacy.printable import called
from adaptive_spacy.training.evaluation import evaluate, read_corpus, require_corpus
from adaptive_spacy.training.history import read_history
from adaptive_spacy.training.resume.identity import all_files, identify
from adaptive_spacy.training.resume.snapshots import RESUME, Snapshots
from adaptive_spacy.training.running import read_current

CORPUS = "train-and-dev.spacy"
REFIT = "refit.json"
NEEDED = "that an adaptive run on train needed"
NOTES = "Unfinished refit: its scores are of sentences that it was trained on."


def refit(run: Path, output: Path, *, test: Path | None = None, gpu_id: int = -1) -> Record:
    """Train on train and dev with the schedule that an adaptive run found.

    run (Path): Output folder of an adaptive training, or the folder of a sweep's job.
    output (Path): Gets `model-last`, its history, the joined corpus, and `refit.json`.
    test (Path | None): A corpus to score the model on; None: that of the sweep's job, if it is one.
    gpu_id (int): Number of the GPU; -1: the processor.
    RETURNS (dict): What refit.json holds: "adaptive" and "refit", each with config, history, stop
        and scores.
    RAISES (ValueError): If the run is not an adaptive one, or has not come to its end, if the
        output holds anything else, or the test corpus cannot be scored; before anything is made.
    """
    config_file = find_config(run)
    require_apart(output, [run])
    require_output(output, made_by="refit")
    config = read_config(config_file, "a training config", interpolate=True)
    history, _ = read_current(run)
    machine, _, halved = found = replay(config, history)
    # what the guard took back is not trained again
    total = count_rounds(found, run, str(run))
    # a run that found nothing went on longer than what is trained
    halved = tuple(one for one in halved if one < total)
    require_same_data(run, config)
    test = test or _test_of(config)
    if test is not None:
        require_corpus(test)
        read_corpus(test, spacy.blank(config["nlp"]["lang"]))
    setup_gpu(gpu_id, silent=True)
    lock = begin_output(output, made_by="refit")
    try:
        splits = read_splits(config)
        corpus = keep_aside([doc for docs in splits.values() for doc in docs], output, CORPUS)
        curve = Curve(machine.peak, machine.warmup, machine.cooldown, machine.shape, halved)
        fixed = fix_rounds(config, curve, total, corpus)
        model = train_aside(fixed, output, notes=NOTES, gpu_id=gpu_id)
        record = {
            "adaptive": {
                "run": called(run).name,
                "stop": find_stop(machine, run),
                "stalled": machine.stalled,
                "warmup": machine.warmup,
                "cooldown": machine.cooldown,
                "config": config.to_str(),
                "history": [asdict(one) for one in history],
                "results": _results_of(run),
            },
            "refit": {
                "total": total,
                "halved": halved,
                "sentences": {split: len(docs) for split, docs in splits.items()},
                **_outcome_of(model, learning_from(fixed, output / CORPUS), test),
            },
        }
        mark(model, notes=describe(record), refit=summarize(record))
        state_temperatures(model, [history[-1].scores])
        (output / REFIT).unlink(missing_ok=True)
        publish(model, output, config=fixed, corpus=corpus)
        with replacing(output / REFIT) as aside:
            aside.write_text(json.dumps(record, indent=1), encoding="utf8")
        clear_up(output)
    finally:
        del lock
    return record


def require_same_data(run: Path, config: Config) -> None:
    """RAISES (ValueError): If a file that the run read is another one now, as far as it kept what
    it was: then the length that it found is not that of what would be learnt."""
    now = all_files(identify(config, output=run))
    then = all_files(Snapshots(run / RESUME).finished() or {})
    record = read_record(run)
    # what a job draws of its corpus, or joins, is in its own folder
    if record is not None and record["job"]["labels"] is None and not record["job"]["train_on_dev"]:
        data = record["definition"]["data"]
        then |= {str(config["paths"][split]): data[split] for split in ("train", "dev")}
    for path, digest in now.items():
        if then.get(path, digest) != digest:
            raise ValueError(
                f"{path}: expected what {run} was trained with, it is another one now, for which "
                "the run found no length. Put it back, or train again before you refit"
            )


def find_config(run: Path) -> Path:
    """RETURNS (Path): The config that a run was trained with."""
    for path in (run / "config.cfg", run / DIR_MODEL_LAST / "config.cfg"):
        if path.is_file():
            return path
    raise ValueError(
        f"{run}: expected the output folder of a training or a job's folder of a sweep, found no "
        f"config.cfg and no {DIR_MODEL_LAST}"
    )


def describe(record: Record) -> str:
    """RETURNS (str): What the model is, in words. See `refit` for the record."""
    about = record["refit"]
    sentences = about["sentences"]
    # not in records of before
    rounds = ", ".join(map(str, about.get("halved", ())))
    halved = f", halved where the run was set back (after round {rounds})" if rounds else ""
    stalled = record["adaptive"].get("stalled")
    why = (
        "of warm-up and cool-down: on train the monitored score did not rise" if stalled else NEEDED
    )
    return (
        f"Refitted on train and dev together ({sentences['train']} and {sentences['dev']} "
        f"sentences), for the {about['total']} rounds {why}, with "
        f"the same curve of the learning rate{halved}. This is the last model; dev was seen, so no "
        "score on dev is stated."
    )


def summarize(record: Record) -> dict[str, Any]:
    """RETURNS (dict): The same in figures, for meta.json."""
    about = record["refit"]
    return {
        "run": record["adaptive"]["run"],
        "total": about["total"],
        "cooldown": record["adaptive"]["cooldown"],
        "sentences": about["sentences"],
        "seen_dev": about["seen_dev"],
        "test": about["test"],
    }


def _test_of(config: Config) -> Path | None:
    reader = config["training"]["logger"].get("test")
    if reader is None:
        return None
    path = Path(reader["path"])
    if not holds_docs(path):
        warnings.warn(f"{path} is gone: the refitted model is not scored", stacklevel=3)
        return None
    return path


def _outcome_of(model: Path, config: Config, test: Path | None) -> Record:
    """RETURNS (dict): What the training on all labels came to."""
    return {
        "config": config.to_str(),
        "history": [asdict(one) for one in read_history(model.parent)],
        "seen_dev": read_object(model / "meta.json")["performance"],
        "test": evaluate(str(model), test)["seqeval"]["micro"] if test else None,
    }


def _results_of(run: Path) -> Any:
    path = run / RECORD
    return read_object(path, "a record of a job").get("results") if path.is_file() else None
