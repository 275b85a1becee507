"""Epochs as update steps, for configs: `adaptive_spacy.steps.v1`.

Any whole number of `[training]` may be a promise, so one config fits 50 and 50,000 sentences.
The number is needed in several places and spaCy resolves `[training]` twice: each count is kept
for the process, as long as the files are the same.
"""

import functools
import math
import warnings
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import spacy
from spacy.training import Corpus
from spacy.training.corpus import FILE_TYPE, walk_corpus
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive.stopping import Batcher, UntilFinished
from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.config.requirements import POSITIVE, Requirement, whole

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

Reader = Callable[["Language"], Iterable["Example"]]

#: What an update costs in forward passes over its batch: one, and one backwards that costs two
UPDATE_PASSES = 3

#: Examples after which it is said that they are counted
MANY = 1_000_000

_counts: dict[Hashable, int] = {}


def make_steps_v1(
    corpus: Reader,
    batcher: Batcher,
    epochs: float = 1.0,
    times: int = 1,
    lang: str = "xx",
    least: int | None = None,
    most: int | None = None,
    dev: Reader | None = None,
) -> int:
    """Update steps of some rounds: times * ceil(epochs * batches per epoch), where that number of
    updates in a round lies between `least` and `most`, and is worth an evaluation.

    corpus (Callable): The training corpus.
    batcher (Callable): The batcher; `until_finished` is looked through.
    epochs (float): Epochs per round, > 0; 0.5 for two evaluations per epoch.
    times (int): Rounds, >= 1.
    lang (str): Language of the blank pipeline that the corpus is read with; its tokenizer only
        matters to batchers that count words of untokenized text.
    least (int | None): The fewest updates in a round, >= 1; None: 1. An epoch of a dozen sentences
        is a single one, which says nothing.
    most (int | None): The most updates in a round, >= `least`; None: no limit.
    dev (Callable | None): The corpus that is evaluated after each round. A round has at least a
        third as many updates as dev has batches, whatever `most` says: an update is a pass forwards
        and one backwards, which takes twice as long, so an evaluation costs at most what the
        round cost in training, where its batches are full. What the batcher discards is evaluated
        all the same, and counts as a batch. None: no such bound.
    RETURNS (int): The number of steps, at least 1.
    RAISES (ConfigValidationError): If a corpus is empty, the batcher discards all of train, or an
        argument means nothing.
    """
    require_rounds(epochs, times, least, most)
    whole_round = epochs * batches_per_epoch(corpus, batcher, lang)
    _require("epochs", whole_round, POSITIVE)
    evaluated = 0 if dev is None else batches_per_epoch(dev, batcher, lang, "dev")
    steps = times * bound_round(whole_round, least, most, evaluated)
    _require("epochs and times", steps, whole(1))
    return steps


def require_rounds(
    epochs: float = 1.0, times: int = 1, least: int | None = None, most: int | None = None
) -> None:
    """RAISES (ConfigValidationError): If an argument of `steps.v1` means nothing, whatever the
    corpus."""
    _require("epochs", epochs, POSITIVE)
    _require("times", times, POSITIVE)
    _require("least", least, whole(1).or_null())
    _require("most", most, whole(least or 1).or_null())


def bound_round(batches: float, least: int | None, most: int | None, evaluated: int = 0) -> int:
    """RETURNS (int): Updates of a round of so many batches, within its bounds, and worth the
    evaluation of so many of dev."""
    # 1.1 times 110 is 121.00000000000001
    updates = max(least or 1, math.ceil(round(batches, 9)))
    if most is not None:
        updates = min(updates, most)
    return max(updates, math.ceil(evaluated / UPDATE_PASSES))


def _require(argument: str, value: Any, requirement: Requirement) -> None:
    requirement.check("Bad number of steps", f"adaptive_spacy.steps.v1 {argument}", value)


def batches_per_epoch(corpus: Reader, batcher: Batcher, lang: str, name: str = "train") -> int:
    """Count the batches of one pass, in corpus order, without touching global random states.

    name (str): Of the corpus, for who finds it empty.
    """
    if isinstance(batcher, UntilFinished):
        batcher = batcher.batcher
    if count := getattr(batcher, "count", None):
        # the number of batches depends on that of the examples alone
        return int(count(batches_per_epoch(corpus, one_by_one, lang, name)))
    try:
        key = (_files(corpus), _describe(corpus), _describe(batcher), lang, name)
    except TypeError:
        return _count(corpus, batcher, lang, name)
    if key not in _counts:
        _counts[key] = _count(corpus, batcher, lang, name)
    return _counts[key]


def one_by_one(examples: Iterable["Example"]) -> Iterator[list["Example"]]:
    """Yield each example as a batch."""
    return ([one] for one in examples)


def _count(corpus: Reader, batcher: Batcher, lang: str, name: str) -> int:
    read = count = kept = 0

    def watch() -> Iterator["Example"]:
        nonlocal read
        for example in _tell_of_many(corpus(spacy.blank(lang)), name):
            read += 1
            yield example

    with same_randomness():
        for batch in batcher(watch()):
            count, kept = count + 1, kept + sum(1 for _ in batch)
    source = f"[corpora.{name}] path: {getattr(corpus, 'path', corpus)}"
    if not read:
        lacks = "an epoch has no batch" if name == "train" else "nothing can be evaluated"
        raise ConfigValidationError(
            title=f"Empty {'training' if name == 'train' else name} corpus",
            desc=f"{source} holds no example, so {lacks}; expected at least one",
        )
    if name == "dev":
        # spaCy evaluates without a batcher
        return count + read - kept
    if not count:
        raise ConfigValidationError(
            title="Training corpus without a batch",
            desc=f"[training.batcher]: expected batches of {source}, but it discards all of its "
            f"{read:,} examples; raise its size, or set discard_oversize = false",
        )
    return count


def _tell_of_many(examples: Iterable["Example"], name: str) -> Iterator["Example"]:
    """Pass examples on, and say where there are so many that there may be no end."""
    for number, example in enumerate(examples, 1):
        if number == MANY:
            warnings.warn(
                f"[corpora.{name}]: adaptive_spacy.steps.v1 has counted {MANY:,} examples and goes "
                "on to the end of an epoch. A reader without an end has none: give a number of "
                "updates in place of each steps.v1",
                stacklevel=2,
            )
        yield example


def _files(corpus: Reader) -> Hashable:
    path = getattr(corpus, "path", None)
    if path is None:
        raise TypeError("not read from files")
    files = [one for one in walk_corpus(path, FILE_TYPE) if one.exists()]
    return tuple((str(one), one.stat().st_size, one.stat().st_mtime_ns) for one in files)


def _describe(value: Any) -> Hashable:
    """What an argument is, for the cache. RAISES (TypeError): If only its identity could say."""
    if value is None or isinstance(value, str | int | float | Path):
        return value
    if isinstance(value, FunctionType) and value.__closure__ is None:
        # not its name: those that a factory makes share that
        return value.__code__, _describe(value.__defaults__), _describe(value.__kwdefaults__)
    if isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, ModuleType):
        return value.__module__, value.__qualname__
    if isinstance(value, functools.partial):
        return _describe(value.func), _describe(value.args), _describe(value.keywords)
    if isinstance(value, list | tuple):
        return tuple(_describe(one) for one in value)
    if isinstance(value, Mapping):
        return tuple((key, _describe(one)) for key, one in sorted(value.items()))
    if isinstance(value, Corpus):
        public = {key: one for key, one in vars(value).items() if not key.startswith("_")}
        return type(value).__qualname__, _describe(public)
    raise TypeError(f"no description of {type(value).__name__}")
