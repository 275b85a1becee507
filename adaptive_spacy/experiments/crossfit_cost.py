"""What `adaptive-spacy crossfit` costs and gains, before anything is trained."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy.tokens import Doc
from thinc.api import Config

from adaptive_spacy.adaptive.steps import bound_round
from adaptive_spacy.config.names import BUCKETS
from adaptive_spacy.experiments.fixed_length import LONGER, schedule_of
from adaptive_spacy.experiments.fold_jobs import make_jobs, require_adaptive
from adaptive_spacy.experiments.folds import assign_folds, describe_fewer
from adaptive_spacy.experiments.labelled import settle_docs
from adaptive_spacy.training.rounds import Rounds

#: Rounds of most adaptive trainings, on 25 to 475 sentences (docs/method.md)
ROUNDS = 12, 25
#: Of a batch of the shipped configs
SENTENCES = 16
#: Batchers whose `size` is a number of sentences
BY_SENTENCES = (BUCKETS, "spacy.batch_by_sequence.v1")
#: F1 that it gained over one adaptive training with a fifth for dev, by labels (docs/results.md)
GAINS = {25: 3.9, 50: 1.9, 100: 3.6, 200: 2.6, 400: 1.8, 1000: 2.0}
#: What it was above 40 epochs of linear decay on all labels, at the same rate
BESIDE_FIXED = {25: 8.3, 50: 2.0, 100: 1.3, 200: -0.3, 400: -0.9, 1000: 0.2}
FOLDS_TRIED = 5


def describe_cost(
    docs: Iterable[Doc],
    folds: int,
    *,
    config: Path,
    settings: Mapping[str, Any],
    seed: int = 0,
    lang: str = "en",
) -> str:
    """The arguments are those of `crossfit`.

    RETURNS (str): What a run costs beside one adaptive training, and what it gained in trials.
    RAISES (ValueError): If the docs cannot be divided so, or the config or a setting does not do.
    """
    docs = settle_docs(docs)
    assigned = assign_folds(docs, folds, seed)
    (job,) = make_jobs(
        [Path("fold")],
        config=config,
        settings=settings,
        seed=seed,
        lang=lang,
        threads=1,
        device="cpu",
    )
    config_of_fold = require_adaptive(job)
    rounds_of = _read_rounds(config_of_fold)
    fewer = describe_fewer(assigned, folds)
    asked, folds = folds, len(set(assigned))
    tokens = sum(map(len, docs))
    part = 1 - 1 / folds
    passes = folds * part + LONGER
    batches = _divide(len(docs) * (folds - 1), folds * rounds_of.sentences)
    evaluated = _divide(len(docs), folds * rounds_of.sentences) if rounds_of.dev else 0
    updates = rounds_of.times * bound_round(
        rounds_of.epochs * batches, rounds_of.fewest, rounds_of.most, evaluated
    )
    epochs = updates / batches
    rounds = [max(usual, _divide(rounds_of.least, updates)) for usual in ROUNDS]
    needed = [f"{passes * one * epochs * tokens / 1e6:.2g}" for one in rounds]
    assumed = f" in batches of {SENTENCES}, as the config's vary" if rounds_of.assumed else ""
    bound = f", as it makes {rounds_of.least} updates at least" if rounds_of.least else ""
    end = None if rounds_of.assumed else _describe_end(config_of_fold, updates, batches)
    notes = [describe_gains(len(docs), asked), fewer, end]
    return (
        f"{folds} adaptive trainings on {part:.0%} of {len(docs):,} sentences, then one on all, "
        f"{LONGER} times as long: "
        f"{passes * tokens:,.0f} tokens per epoch, {passes / part:.1f} times as many as a single "
        f"training that keeps {1 - part:.0%} for dev. An adaptive training of few sentences takes "
        f"{_range(rounds)} rounds, of {epochs:.1f} epochs{assumed}{bound}; "
        f"all together {_range(needed)} million token updates. "
        f"{' '.join(note for note in notes if note)}"
    )


def _describe_end(config: Config, updates: int, batches: int) -> str | None:
    """RETURNS (str | None): That a fold's limits end it before its schedule can, for which a run is
    refused."""
    given = config["training"]
    # what counts batches has none to count yet
    steps = given["max_steps"] if isinstance(given["max_steps"], int) else 0
    training = {**given, "eval_frequency": updates, "max_steps": steps, "patience": 0}
    fault = Rounds.of(training, batches).fault()
    return None if fault is None else f"It would be refused: {fault}."


def describe_gains(labels: int, folds: int) -> str:
    """RETURNS (str): What trials say of a run on so many sentences in so many folds."""
    below = " and ".join(str(count) for count, gap in BESIDE_FIXED.items() if gap < 0)
    text = (
        f"In trials with {FOLDS_TRIED} folds it gained over the single training {_gains(GAINS)}. "
        "Beside 40 epochs of linear decay at the same rate, which learn from 6 to 52 % of the "
        f"tokens, it gained {_gains(BESIDE_FIXED)} (docs/results.md): with {below} labels it pays "
        "only for what folds let expect."
    )
    if labels > max(GAINS):
        text += f" More than {max(GAINS)} labels were not tried."
    if folds != FOLDS_TRIED:
        text += f" {folds} folds were not tried."
    return text


def _gains(by_labels: Mapping[int, float]) -> str:
    gains = ", ".join(f"{gain:+.1f}" for gain in by_labels.values())
    return f"{gains} F1 with {', '.join(map(str, by_labels))} labels"


class _Rounds(NamedTuple):
    """sentences (int): Of a batch. assumed (bool): Whether that is that of the shipped configs, as
    the config's batches have no fixed number. epochs (float), times (int), fewest, most (int |
    None), dev (bool): Of a round, as in `steps.v1`. least (int): Updates of a training."""

    sentences: int
    assumed: bool
    epochs: float
    times: int
    fewest: int | None
    most: int | None
    dev: bool
    least: int


def _read_rounds(config: Config) -> _Rounds:
    """RETURNS (_Rounds): Those of an interpolated config."""
    batcher = config["training"]["batcher"]
    batcher = batcher.get("batcher", batcher)
    size = batcher.get("size") if batcher["@batchers"] in BY_SENTENCES else None
    steps = config["training"]["eval_frequency"]
    return _Rounds(
        size if isinstance(size, int) else SENTENCES,
        not isinstance(size, int),
        steps.get("epochs", 1.0),
        steps.get("times", 1),
        steps.get("least"),
        steps.get("most"),
        bool(steps.get("dev")),
        schedule_of(config).get("least", 0),
    )


def _divide(number: int, by: int) -> int:
    """RETURNS (int): The quotient, rounded up."""
    return -(-number // by)


def _range(ends: Sequence[object]) -> str:
    low, high = ends
    return f"{low} or more" if low == high else f"{low} to {high}"
