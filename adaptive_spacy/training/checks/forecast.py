"""What a training will cost on this machine: a few of its real steps, timed.

The pipeline is initialized as for the training, takes a few real updates and a real evaluation, and
is thrown away. The cost of a batch goes with its padded size, so a few batches stand for an epoch;
the largest one is among them, for the memory.
"""

import copy
import random
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import torch
from spacy.schemas import ConfigSchemaTraining
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train_while_improving
from spacy.util import registry, resolve_dot_names
from thinc.api import Config
from tqdm import tqdm

from adaptive_spacy.config.names import CHECK
from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.training.rounds import Rounds
from adaptive_spacy.transformer.shim import precision_of

if TYPE_CHECKING:
    from spacy.language import Language

#: What Linux says of this process
STATUS = Path("/proc/self/status")
#: Updates that are timed, after one that is not: it makes room in memory
STEPS = 6
#: Seconds after which no further update is timed
ENOUGH = 10.0
#: Documents of the first evaluation, and seconds that a whole one may take
EVALUATED = 64
WHOLE_EVALUATION = 5.0
#: Batches of a stream
STREAMED = 50


@dataclass(frozen=True)
class Forecast:
    """The cost of a training.

    rounds (Rounds | None): Its length in steps; None: the corpus is streamed.
    seconds_per_step (float): Mean over an epoch.
    seconds_per_evaluation (float): Of the whole dev corpus.
    evaluated_whole (bool): Whether all of it was evaluated, so that `memory` has it in.
    memory (int | None): Most bytes that the process had; None: the system does not tell.
    gpu_memory (int | None): Most bytes on the GPU; None: without one.
    precision (str | None): What the transformer computes in here; None: it is not ours.
    rate (float | None): The highest learning rate; None: no callback tells it.
    """

    rounds: Rounds | None
    seconds_per_step: float
    seconds_per_evaluation: float
    evaluated_whole: bool
    memory: int | None
    gpu_memory: int | None
    precision: str | None = None
    rate: float | None = None

    def seconds(self, steps: int) -> float:
        """RETURNS (float): For so many updates and their evaluations, without saving models."""
        assert self.rounds is not None
        evaluations = 1 + steps // self.rounds.interval
        return steps * self.seconds_per_step + evaluations * self.seconds_per_evaluation

    def rows(self) -> list[tuple[str, str]]:
        """RETURNS (list[tuple[str, str]]): Name and value, for a table."""
        rows = []
        rounds = self.rounds
        if rounds is not None:
            rows.append(("steps per epoch", f"{rounds.steps_per_epoch:,}"))
            rows.append(("at least", self._length(rounds.fewest)))
            most = "no limit" if rounds.most is None else self._length(rounds.most)
            rows.append(("at most", most))
        if self.rate is not None:
            rows.append(("highest rate", f"{self.rate:g}"))
        if self.precision is not None:
            rows.append(("computes in", self.precision))
        rows.append(("a step", f"{self.seconds_per_step:.3f} s"))
        rows.append(("an evaluation", f"{self.seconds_per_evaluation:.1f} s"))
        if self.memory is not None:
            part = "" if self.evaluated_whole else ", more in evaluations: dev is large"
            rows.append(("memory", f"{self.memory / 2**30:.1f} GiB{part}"))
        if self.gpu_memory is not None:
            rows.append(("GPU memory", f"{self.gpu_memory / 2**30:.1f} GiB"))
        return rows

    def _length(self, steps: int) -> str:
        assert self.rounds is not None
        minutes = self.seconds(steps) / 60
        shown = f"{minutes:,.0f}" if minutes >= 10 else f"{minutes:.1f}"
        return f"{self.rounds.describe(steps)}, {shown} minutes"


def forecast(config: Config, *, use_gpu: int = -1, progress: bool = False) -> Forecast:
    """Time a few updates and an evaluation of a training.

    config (Config): The whole config, not interpolated; left as it is.
    use_gpu (int): Number of the GPU, which must have been set up; -1: the processor.
    progress (bool): Show a progress bar.
    RETURNS (Forecast): The cost.
    """
    config = copy.deepcopy(config)
    # the check has been made
    before_init = config.get("initialize", {}).get("before_init")
    if isinstance(before_init, dict) and before_init.get("@callbacks") == CHECK:
        config["initialize"]["before_init"] = before_init.get("then")
    with warnings.catch_warnings(), same_randomness():
        warnings.simplefilter("ignore")
        with tqdm(
            total=STEPS + 3, desc="Timing", leave=False, disable=None if progress else True
        ) as bar:
            nlp = init_nlp(config, use_gpu=use_gpu)
            bar.update()
            return _measure(nlp, bar)


def _measure(nlp: "Language", bar: tqdm) -> Forecast:
    interpolated = nlp.config.interpolate()
    training = registry.resolve(interpolated["training"], schema=ConfigSchemaTraining)
    names = [training["train_corpus"], training["dev_corpus"]]
    train_corpus, dev_corpus = resolve_dot_names(interpolated, names)
    streamed = training["max_epochs"] < 0
    examples: Any = train_corpus(nlp)
    if not streamed:
        examples = list(examples)
        random.Random(0).shuffle(examples)
    batches = list(islice(training["batcher"](examples), STREAMED if streamed else None))
    largest = max(batches, key=padded_size)
    timed = [batches[i * len(batches) // STEPS] for i in range(min(STEPS, len(batches)))]
    seconds, size = 0.0, 0
    updates = _updates(nlp, training, [largest, *timed])
    next(updates)
    _wait()
    bar.update()
    started = perf_counter()
    for batch in updates:
        _wait()
        bar.update()
        seconds, size = perf_counter() - started, size + padded_size(batch)
        if seconds > ENOUGH:
            break
    mean_size = sum(map(padded_size, batches)) / len(batches)
    dev = list(dev_corpus(nlp))
    per_evaluation, whole = _time_evaluation(nlp, dev)
    rounds = None if streamed else Rounds.of(interpolated["training"], len(batches))
    return Forecast(
        rounds,
        seconds / size * mean_size,
        per_evaluation,
        whole,
        peak_memory(),
        torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None,
        precision_of(nlp),
        getattr(training["before_update"], "rate", None),
    )


def padded_size(batch: Sequence[Example]) -> int:
    """RETURNS (int): Tokens of a batch, padded to its longest doc."""
    return len(batch) * max(1, *(len(eg.predicted) for eg in batch))


def _updates(
    nlp: "Language", training: dict[str, Any], batches: list[list[Example]]
) -> Iterator[list[Example]]:
    """Train on batches as spaCy's loop does, without evaluations."""
    steps = train_while_improving(
        nlp,
        training["optimizer"],
        ((0, batch) for batch in batches),
        lambda: (0.0, {}),
        dropout=training["dropout"],
        eval_frequency=sys.maxsize,
        accumulate_gradient=training["accumulate_gradient"],
        patience=0,
        max_steps=0,
        exclude=training["frozen_components"],
        annotating_components=training["annotating_components"],
        # it belongs to the training, which is not this
        before_update=None,
    )
    for batch, _, _ in steps:
        yield batch


def _time_evaluation(nlp: "Language", dev: list[Example]) -> tuple[float, bool]:
    """RETURNS (tuple): Seconds for all of dev, and whether all of it was evaluated."""

    def size(examples: Sequence[Example]) -> int:
        return sum(len(eg.predicted) for eg in examples)

    step = max(1, len(dev) // EVALUATED)
    some = dev[::step]
    seconds = _time(nlp, some) * size(dev) / max(1, size(some))
    if step > 1 and seconds < WHOLE_EVALUATION:
        return _time(nlp, dev), True
    return seconds, step == 1


def _time(nlp: "Language", examples: list[Example]) -> float:
    started = perf_counter()
    nlp.evaluate(examples)
    _wait()
    return perf_counter() - started


def _wait() -> None:
    """Wait for the GPU, which works on while Python goes on."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def peak_memory() -> int | None:
    """RETURNS (int | None): The most bytes that the process had in memory; None on Windows."""
    # the peak that Linux counts for `getrusage` begins with that of whoever started the process
    if STATUS.is_file():
        for line in STATUS.read_text(encoding="utf8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
