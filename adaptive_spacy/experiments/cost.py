"""What jobs cost: token updates, epochs, and seconds where records tell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from statistics import mean
from typing import Any

from adaptive_spacy.adaptive.steps import UPDATE_PASSES
from adaptive_spacy.config.blocks import find_blocks
from adaptive_spacy.config.names import ADAPTIVE
from adaptive_spacy.experiments.budget import count_pool
from adaptive_spacy.experiments.fixed_length import LONGER
from adaptive_spacy.experiments.job import SPLITS, Job
from adaptive_spacy.experiments.records import Record, stop_of
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
    if job.needs:
        return None
    steps: Any = job.make_config().interpolate()["training"]["max_steps"]
    if not isinstance(steps, dict):
        return None
    return float(steps.get("times", 1)) * max(float(steps.get("epochs", 1.0)), _least(job, steps))


def epochs_per_round(job: Job) -> float:
    """RETURNS (float): As far as the config and the number of sentences tell."""
    interval: Any = job.make_config().interpolate()["training"]["eval_frequency"]
    if not isinstance(interval, dict):
        return 1.0
    return max(float(interval.get("epochs", 1.0)), _least(job, interval))


def _least(job: Job, steps: Mapping[str, Any]) -> float:
    """RETURNS (float): Epochs of a round with the fewest updates that the config allows, as far as
    the number of sentences is known."""
    batches = _batches(job)
    return 0.0 if batches is None else (steps.get("least") or 0) / batches


def _batches(job: Job) -> int | None:
    """RETURNS (int | None): Batches of an epoch, if the number of sentences is known."""
    batcher = job.make_config()["training"]["batcher"]
    size = batcher.get("batcher", batcher).get("size")
    if job.labels is None or job.dev is None or not isinstance(size, int):
        return None
    sentences = round(job.labels * (1.0 if job.learns_from_all else 1 - job.dev))
    return ceil(sentences / size)


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
    schedules = find_blocks(one.make_config()["training"]["optimizer"], "schedules", ADAPTIVE)
    batches = _batches(one)
    if not schedules or batches is None:
        return 0
    epochs = epochs_per_round(one)
    return (1 + rounds_after_best(schedules[0], max(1, round(epochs * batches)))) * epochs


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
