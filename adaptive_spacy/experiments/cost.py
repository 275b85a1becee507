"""What jobs cost: token updates, epochs, and seconds where records tell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from statistics import mean
from typing import Any

from adaptive_spacy.adaptive.steps import UPDATE_PASSES, bound_round, require_rounds
from adaptive_spacy.config.blocks import find_blocks
from adaptive_spacy.config.names import ADAPTIVE, BUCKETS, STEPS
from adaptive_spacy.experiments.budget import count_pool, count_sentences
from adaptive_spacy.experiments.crossfit_cost import BY_SENTENCES
from adaptive_spacy.experiments.fixed_length import LONGER, ROUND
from adaptive_spacy.experiments.job import SPLITS, Job
from adaptive_spacy.experiments.records import Record, stop_of
from adaptive_spacy.training.batching import make_buckets_v1
from adaptive_spacy.training.rounds import rounds_after_best

#: Rounds that an adaptive job is taken to need as long as no record tells. Small data need more.
ADAPTIVE_ROUNDS = 20


@dataclass(frozen=True)
class Cost:
    """What a job is expected to need.

    epochs (float): Its epochs, of which a round of few sentences has several.
    known (bool): Whether the config fixes them.
    updates (float): Tokens that are learnt from, over all epochs.
    evaluations (float): Tokens that are only predicted.
    """

    epochs: float
    known: bool
    updates: float
    evaluations: float

    @property
    def passes(self) -> float:
        """RETURNS (float): Tokens times passes through the network, forward ones."""
        return UPDATE_PASSES * self.updates + self.evaluations


def expect(job: Job, sizes: Mapping[str, float], records: Iterable[Record] = ()) -> Cost:
    """Estimate a job's cost.

    job (Job): The job.
    sizes (Mapping[str, float]): Tokens of train, dev and test, whole; or any measure in
        proportion to them.
    records (Iterable[Record]): Done jobs, whose epochs tell of the adaptive ones.
    RETURNS (Cost): The estimate.
    """
    fixed, per_round = fixed_epochs(job), epochs_per_round(job)
    train, dev = _shares(job, sizes)
    if fixed is None:
        epochs = max(likely_rounds(job, records) * per_round, fewest_epochs(job))
    else:
        epochs = fixed
    rounds = epochs / per_round
    if job.folds is not None:
        # each label teaches in all folds but one and in the last training, and is held out once
        return Cost(
            epochs=epochs,
            known=False,
            updates=(job.folds - 1 + LONGER) * epochs * (train + dev),
            evaluations=(rounds + 3) * (train + dev) + LONGER * rounds * dev + 3 * sizes["test"],
        )
    return Cost(
        epochs=epochs,
        known=fixed is not None,
        updates=epochs * (train + (dev if job.train_on_dev else 0)),
        # each round the dev set, at the end three times the test set
        evaluations=rounds * dev + 3 * sizes["test"],
    )


def _shares(job: Job, sizes: Mapping[str, float]) -> tuple[float, float]:
    """RETURNS (tuple): What a job takes of train and of dev, by the measure of the sizes."""
    if job.labels is None or job.dev is None:
        return job.fraction * sizes["train"], job.fraction * sizes["dev"]
    labelled = (sizes["train"] + sizes["dev"]) * job.labels / count_pool(job)
    return (1 - job.dev) * labelled, job.dev * labelled


def fixed_epochs(job: Job) -> float | None:
    """RETURNS (float | None): The epochs that the config says; None: the schedule decides, or
    another job."""
    training = _read_training(job)
    steps = training["max_steps"]
    if job.needs or not isinstance(steps, Mapping):
        return None
    return _epochs(steps, _batches(job, training))


def epochs_per_round(job: Job) -> float:
    """RETURNS (float): As far as the config and the number of sentences tell."""
    training = _read_training(job)
    return _epochs(training["eval_frequency"], _batches(job, training)) or 1.0


def _read_training(job: Job) -> dict[str, Any]:
    """RETURNS (dict): `[training]`, interpolated, with any number of rounds that it waits for."""
    known = job.with_stops(dict.fromkeys(job.needs, 1))
    training: dict[str, Any] = known.make_config().interpolate()["training"]
    return training


def _epochs(updates: Any, batches: tuple[int, int] | None) -> float | None:
    """RETURNS (float | None): Epochs that a number of updates takes, or that `steps.v1` makes of
    such batches as `_batches` counts; None: not known."""
    if isinstance(updates, int):
        return updates / batches[0] if batches else None
    if not isinstance(updates, Mapping) or updates.get("@misc") != STEPS:
        return None
    rounds = {key: updates[key] for key in ROUND if key in updates}
    require_rounds(**rounds)
    epochs, times = float(rounds.get("epochs", 1.0)), rounds.get("times", 1)
    if batches is None:
        return times * epochs
    train, dev = batches
    evaluated = dev if updates.get("dev") else 0
    bounds = rounds.get("least"), rounds.get("most"), evaluated
    return times * bound_round(epochs * train, *bounds) / train


def _batches(job: Job, training: Mapping[str, Any]) -> tuple[int, int] | None:
    """RETURNS (tuple[int, int] | None): Those of an epoch and of an evaluation; None: not known, as
    batches are not of a number of sentences, or the corpus is not there yet."""
    sentences = count_sentences(job)
    if sentences is None:
        return None
    batcher = training["batcher"]
    train, dev = (_count_batches(batcher.get("batcher", batcher), one) for one in sentences)
    return None if train is None or dev is None else (train, dev)


def _count_batches(batcher: Mapping[str, Any], sentences: int) -> int | None:
    """RETURNS (int | None): Batches that a batcher's block makes of so many sentences."""
    if batcher["@batchers"] == BUCKETS:
        # the lengths would need the transformer, and do not change the number
        given = {
            key: value for key, value in batcher.items() if key not in ("@batchers", "lengths")
        }
        return make_buckets_v1(**given).count(sentences)
    size = batcher.get("size") if batcher["@batchers"] in BY_SENTENCES else None
    return ceil(sentences / size) if isinstance(size, int) and size > 0 else None


def likely_rounds(job: Job, records: Iterable[Record]) -> float:
    """RETURNS (float): The mean of the same approach in this cell, or in any; else a guess."""
    sources = job.needs or {job.approach}
    same: dict[bool, list[float]] = defaultdict(list)
    for record in records:
        other = record["job"]
        if record["status"] == "done" and other["approach"] in sources:
            # a record of folds tells how long the training after them was
            times = record["definition"].get("longer", 1)
            same[Job(**other).cell == job.cell].append(stop_of(record) / times)
    found = same[True] or same[False]
    return mean(found) if found else ADAPTIVE_ROUNDS


def fewest_epochs(job: Job) -> float:
    """RETURNS (float): Those that an adaptive schedule needs to end, in a fold if there are any, as
    far as the number of sentences is known; else 0."""
    # a fold is a training whose dev set is its part of the labels
    one = job if job.folds is None else replace(job, folds=None, dev=1 / job.folds)
    training = _read_training(one)
    schedules = find_blocks(training["optimizer"], "schedules", ADAPTIVE)
    batches = _batches(one, training)
    if not schedules or batches is None:
        return 0
    epochs = _epochs(training["eval_frequency"], batches) or 1.0
    return (1 + rounds_after_best(schedules[0], max(1, round(epochs * batches[0])))) * epochs


def seconds_per_pass(records: Sequence[Record]) -> dict[tuple[str, int], float]:
    """RETURNS (dict): Seconds per token and pass, by model and threads, as done jobs took."""
    measured = defaultdict(list)
    for record in records:
        if record["status"] == "done" and all(record["data"].get(one) for one in SPLITS):
            job = Job(**record["job"])
            tokens = {split: counts["tokens"] for split, counts in record["data"].items()}
            updates = UPDATE_PASSES * record["token_updates"]
            evaluations = record["epochs"] * tokens["dev"] + 3 * tokens["test"]
            measured[job.model, job.threads].append(record["seconds"] / (updates + evaluations))
    return {key: mean(values) for key, values in measured.items()}
