"""How sure scores are beside how often they are right: the temperature that fits best.

A network that trains on gets surer than it is right, so that its loss rises while its tags still
get better. Dividing all scores by one number, the temperature, changes no tag and mends most of
that (Guo et al. 2017, arXiv 1706.04599). The loss that is left measures what the tags will be
without how sure the network is of them: the refinement (Berta et al. 2025, arXiv 2501.19195).

Shapes: N tokens, K tags.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[numpy.floating]
Ints = NDArray[numpy.int64]

#: Where the temperature is sought. The loss of scores that are all right falls without end as the
#: temperature does, and that of scores worse than none falls as it rises.
LOWEST, HIGHEST = 0.1, 10.0
#: "O" comes first among the tags (`tags.py`)
O_COLUMN = 0
#: As many as JSON keeps in the files of spaCy's components
DECIMALS = 6
#: Scores that are held in double precision at once: 32 MB each time
BLOCK_CELLS = 2**22


class Tokens(NamedTuple):
    """Scores of some tokens and the gold tag of each. logits: *Shape:* (N, K). gold: (N,)"""

    logits: Floats
    gold: Ints


def refined_loss(tokens: Sequence[Tokens], loss: float) -> float:
    """The mean loss at the temperature at which it is lowest.

    tokens (Sequence[Tokens]): Of all docs, at least one token. They are read a dozen times, and not
        copied as a whole.
    loss (float): Their mean loss at temperature 1, in nats.
    RETURNS (float): In nats, never above that.
    """
    return min(loss, mean_loss_at(tokens, best_temperature(tokens)))


def best_temperature(tokens: Sequence[Tokens]) -> float:
    """RETURNS (float): The temperature, between `LOWEST` and `HIGHEST`, at which the mean loss is
    lowest; 1.0 without tokens. The loss is convex in the inverse of the temperature, so that its
    slope is zero at one place at most."""
    return _fit(tokens) if any(len(one.gold) for one in tokens) else 1.0


def entity_tokens(tokens: Sequence[Tokens]) -> list[Tokens]:
    """RETURNS (list[Tokens]): Those that are annotated as part of an entity or taken for one. All
    others, nine of ten, are easy; they would tell how sure to be of "no entity"."""
    found = []
    for one in tokens:
        rows = (one.gold != O_COLUMN) | (one.logits.argmax(axis=1) != O_COLUMN)
        found.append(Tokens(one.logits[rows], one.gold[rows]))
    return found


def mean_loss_at(tokens: Sequence[Tokens], temperature: float) -> float:
    """RETURNS (float): Mean negative log-likelihood of the gold tags at a temperature, in nats."""

    def losses(logits: Floats, gold: Ints) -> Floats:
        logits = logits / temperature
        return numpy.log(numpy.exp(logits).sum(axis=1)) - logits[numpy.arange(len(gold)), gold]

    return _mean(tokens, losses)


def usable(temperature: float) -> float:
    """RETURNS (float): What confidences are stated at. Where all was right nothing says how sure to
    be, and the scores stay as they are."""
    return temperature if temperature > LOWEST else 1.0


def scale(logits: Floats, temperature: float) -> Floats:
    """RETURNS (array): Scores at a temperature, in double precision; at 1 the same numbers."""
    return logits.astype("float64") / temperature


def _fit(tokens: Sequence[Tokens]) -> float:
    def slope(log_temperature: float) -> float:
        """Of the loss by the inverse temperature: the mean score, as the probabilities weigh it,
        less that of the gold tag."""
        temperature = math.exp(log_temperature)

        def excess(logits: Floats, gold: Ints) -> Floats:
            weights = numpy.exp(logits / temperature)
            mean = (weights * logits).sum(axis=1) / weights.sum(axis=1)
            return mean - logits[numpy.arange(len(gold)), gold]

        return _mean(tokens, excess)

    coldest, hottest = math.log(LOWEST), math.log(HIGHEST)
    at_coldest, at_hottest = slope(coldest), slope(hottest)
    if not (math.isfinite(at_coldest) and math.isfinite(at_hottest)) or at_coldest == at_hottest:
        # all scores alike: any temperature does
        return 1.0
    if at_coldest <= 0:
        return LOWEST
    if at_hottest >= 0:
        return HIGHEST
    return round(math.exp(brentq(slope, coldest, hottest, xtol=1e-8)), DECIMALS)


def _mean(tokens: Sequence[Tokens], values: Callable[[Floats, Ints], Floats]) -> float:
    """Mean over all tokens of a value that does not change when a token's scores all shift."""
    total, count = 0.0, 0
    for logits, gold in _blocks(tokens):
        total += float(values(logits, gold).sum())
        count += len(gold)
    return total / count


def _blocks(tokens: Sequence[Tokens]) -> Iterator[Tokens]:
    """Yield the tokens in blocks, in double precision, the highest score of each at zero."""
    block: list[Tokens] = []
    cells = 0
    for one in tokens:
        if not len(one.gold):
            continue
        if block and cells + one.logits.size > BLOCK_CELLS:
            yield _join(block)
            block, cells = [], 0
        block.append(one)
        cells += one.logits.size
    if block:
        yield _join(block)


def _join(block: Sequence[Tokens]) -> Tokens:
    logits = numpy.concatenate([one.logits for one in block]).astype("float64")
    logits -= logits.max(axis=1, keepdims=True)
    return Tokens(logits, numpy.concatenate([one.gold for one in block]))
