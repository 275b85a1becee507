"""The model to ship: trained on train and dev, as long as an adaptive run found.

The adaptive run needs dev to see when to stop. Once that is known, the same curve can be had
without feedback (`hybrid`), and dev can be learnt from (arXiv 2202.02617, appendix L). Dev scores
are of seen data then, so nothing is selected by them: the last model ships.
"""

import json
import math
import shutil
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.cli._util import setup_gpu
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import DIR_MODEL_LAST, train
from spacy.util import resolve_dot_names
from thinc.api import Config

from adaptive_spacy.adaptive.callback import monitor_weights
from adaptive_spacy.adaptive.schedule import ADAPTIVE, PhaseMachine
from adaptive_spacy.config.blocks import find_blocks, resolve_value
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.experiments.records import RECORD, Record
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import read_object
from adaptive_spacy.training.evaluation import evaluate, read_corpus, require_corpus
from adaptive_spacy.training.history import HISTORY, Evaluation, read_history
from adaptive_spacy.training.lock import LOCK, claim

STEPS = "adaptive_spacy.steps.v1"
ADAPT = "adaptive_spacy.adapt.v1"
UNTIL_FINISHED = "adaptive_spacy.until_finished.v1"
CHECKPOINT = "adaptive_spacy.checkpoint.v1"
CORPUS = "train-and-dev.spacy"
REFIT = "refit.json"
#: Folder in the output that holds the model before it is finished, marked and scored
UNFINISHED = "unfinished"


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
    require_output(run, output)
    config = read_config(config_file, "a training config", interpolate=True)
    history = read_history(run)
    machine = replay(config, history)
    stop = find_stop(machine, run)
    test = test or _test_of(config)
    if test is not None:
        require_corpus(test)
        read_corpus(test, spacy.blank(config["nlp"]["lang"]))
    setup_gpu(gpu_id, silent=True)
    output.mkdir(parents=True, exist_ok=True)
    lock = claim(output)
    try:
        sentences = join_corpora(config, output / CORPUS)
        fixed = make_config(config, machine, stop, output / CORPUS)
        fixed.to_disk(output / "config.cfg")
        model = _train(fixed, output / UNFINISHED, gpu_id)
        record = {
            "adaptive": {
                "run": run.name,
                "stop": stop,
                "warmup": machine.warmup,
                "cooldown": machine.cooldown,
                "config": config.to_str(),
                "history": [asdict(one) for one in history],
                "results": _results_of(run),
            },
            "refit": {
                "total": stop,
                "sentences": sentences,
                "config": fixed.to_str(),
                "history": [asdict(one) for one in read_history(model.parent)],
                "seen_dev": srsly.read_json(model / "meta.json")["performance"],
                "test": evaluate(str(model), test)["seqeval"]["micro"] if test else None,
            },
        }
        mark(model, record)
        _publish(model.parent, output)
        with replacing(output / REFIT) as aside:
            aside.write_text(json.dumps(record, indent=1), encoding="utf8")
    finally:
        # also what an earlier one left that was killed
        shutil.rmtree(output / UNFINISHED, ignore_errors=True)
        del lock
    return record


def require_output(run: Path, output: Path) -> None:
    """RAISES (ValueError): If the output is not a folder of its own, with nothing in it but an
    earlier refit."""
    source, target = run.resolve(), output.resolve()
    if source == target or source in target.parents or target in source.parents:
        raise ValueError(
            f"--output: expected a folder beside the run {run}, got {output}, which would write "
            "over it"
        )
    if not target.exists():
        return
    own = {REFIT, UNFINISHED, CORPUS, LOCK}
    found = {one.name for one in target.iterdir()} if target.is_dir() else set()
    if not target.is_dir() or (found and not found & own):
        raise ValueError(
            f"--output: expected a new or empty folder, or an earlier refit, got {output}, which "
            "holds something else"
        )


def _train(config: Config, folder: Path, gpu_id: int) -> Path:
    """Train where nobody takes the model for a finished one. RETURNS (Path): The model."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    nlp = init_nlp(config, use_gpu=gpu_id)
    nlp.meta["notes"] = "Unfinished refit: its scores are of sentences that it was trained on."
    train(nlp, folder, use_gpu=gpu_id, stdout=sys.stdout)
    return folder / DIR_MODEL_LAST


def _publish(folder: Path, output: Path) -> None:
    """Put the marked model and its history in the place of earlier ones."""
    (output / REFIT).unlink(missing_ok=True)
    # the best one was selected by scores on seen data, and stays behind
    shutil.rmtree(output / DIR_MODEL_LAST, ignore_errors=True)
    (folder / DIR_MODEL_LAST).rename(output / DIR_MODEL_LAST)
    (folder / HISTORY).replace(output / HISTORY)


def find_config(run: Path) -> Path:
    """RETURNS (Path): The config that a run was trained with."""
    for path in (run / "config.cfg", run / DIR_MODEL_LAST / "config.cfg"):
        if path.is_file():
            return path
    raise ValueError(
        f"{run}: expected the output folder of a training or a job's folder of a sweep, found no "
        f"config.cfg and no {DIR_MODEL_LAST}"
    )


def replay(config: Config, history: list[Evaluation]) -> PhaseMachine:
    """RETURNS (PhaseMachine): The phases after the evaluations of a run.
    RAISES (ValueError): If its schedule was not adaptive.
    """
    training = config["training"]
    blocks = find_blocks(training["optimizer"], "schedules", ADAPTIVE)
    if not blocks:
        raise ValueError(
            f'[training.optimizer.learn_rate]: expected @schedules = "{ADAPTIVE}", the run has '
            "another schedule, whose length was fixed beforehand"
        )
    arguments = {key: value for key, value in blocks[0].items() if not key.startswith("@")}
    arguments["interval"] = history[0].steps_per_round
    callback = training["before_update"] or {}
    # a sweep keeps the config as it was given, where the callback's rate wins
    peak = callback.get("rate") or arguments.pop("rate")
    arguments.pop("rate", None)
    machine = PhaseMachine(peak=peak, **arguments)
    weights = monitor_weights(callback.get("monitor"), training["score_weights"])
    for one in history:
        values = {metric: one.scores.get(metric) for metric in weights}
        score = sum(
            weight * (math.nan if values[metric] is None else float(values[metric] or 0.0))
            for metric, weight in weights.items()
        )
        machine.observe(one.step, score)
    return machine


def find_stop(machine: PhaseMachine, run: Path) -> int:
    """RETURNS (int): The round in which the run was finished."""
    if machine.state.finished_at is None:
        raise ValueError(
            f"{run}: expected a run that came to its end, this one was stopped in round "
            f"{machine.state.rounds}, {machine.rounds_left()} or more before it"
        )
    return round(machine.state.finished_at / machine.interval)


def join_corpora(config: Config, path: Path) -> dict[str, int]:
    """Write the sentences that the run had as train and as dev into one file.

    RETURNS (dict[str, int]): Their numbers by split.
    """
    training = config["training"]
    nlp = spacy.blank(config["nlp"]["lang"])
    readers = resolve_dot_names(config, [training["train_corpus"], training["dev_corpus"]])
    docs, counts = [], {}
    for split, reader in zip(("train", "dev"), readers, strict=True):
        references = [eg.reference for eg in reader(nlp)]
        counts[split] = len(references)
        docs += references
    DocBin(docs=docs, store_user_data=True).to_disk(path)
    return counts


def make_config(config: Config, machine: PhaseMachine, stop: int, corpus: Path) -> Config:
    """RETURNS (Config): The run's config with the same curve, a fixed length and all the data."""
    made = config.copy()
    training = made["training"]
    made["corpora"]["train"] = {
        "@readers": "adaptive_spacy.Corpus.v1",
        "path": str(corpus.resolve()),
    }
    training["train_corpus"] = "corpora.train"
    batcher = training["batcher"]
    training["batcher"] = batcher["batcher"] if batcher["@batchers"] == UNTIL_FINISHED else batcher
    training["before_update"] = {
        "@callbacks": ADAPT,
        "then": (training["before_update"] or {}).get("then"),
    }
    training["patience"] = training["max_epochs"] = 0
    interval = training["eval_frequency"]
    if isinstance(interval, dict) and interval.get("@misc") == STEPS:
        # the corpus is larger, and a round is an epoch still
        interval.update(corpus="${corpora.train}", batcher="${training.batcher}")
        training["max_steps"] = {**interval, "times": stop * interval.get("times", 1)}
    else:
        training["max_steps"] = stop * resolve_value(interval)
    training["optimizer"]["learn_rate"] = {
        "@schedules": "adaptive_spacy.hybrid.v1",
        "rate": machine.peak,
        "total": stop,
        "warmup": machine.warmup,
        "cooldown": machine.cooldown,
        "shape": machine.shape,
    }
    if not find_blocks(training["before_to_disk"], "callbacks", CHECKPOINT):
        training["before_to_disk"] = {
            "@callbacks": CHECKPOINT,
            "then": training["before_to_disk"],
        }
    # the command says itself what came out
    training["logger"] = {"@loggers": "adaptive_spacy.Logger.v1", "summary": False}
    return Config().from_str(made.to_str(interpolate=False), interpolate=False)


def mark(model: Path, record: Record) -> None:
    """Write into a model's meta.json what it is; a package made of it says so too.

    model (Path): The refitted model.
    record (dict): See `refit`.
    """
    about = record["refit"]
    meta = srsly.read_json(model / "meta.json")
    sentences = about["sentences"]
    meta["notes"] = (
        f"Refitted on train and dev together ({sentences['train']} and {sentences['dev']} "
        f"sentences), for the {about['total']} epochs that an adaptive run on train needed, with "
        "the same curve of the learning rate. This is the last model; dev was seen, so no score on "
        "dev is stated."
    )
    meta["performance"] = {}
    meta["refit"] = {
        "run": record["adaptive"]["run"],
        "total": about["total"],
        "cooldown": record["adaptive"]["cooldown"],
        "sentences": sentences,
        "seen_dev": about["seen_dev"],
        "test": about["test"],
    }
    srsly.write_json(model / "meta.json", meta)


def _test_of(config: Config) -> Path | None:
    reader = config["training"]["logger"].get("test")
    if reader is None:
        return None
    path = Path(reader["path"])
    if not path.exists():
        warnings.warn(f"{path} is gone: the refitted model is not scored", stacklevel=3)
        return None
    return path


def _results_of(run: Path) -> Any:
    path = run / RECORD
    return read_object(path, "a record of a job").get("results") if path.is_file() else None
