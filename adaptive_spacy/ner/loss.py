"""Softmax cross-entropy over the tokens that are annotated.

The training's loss and gradient are made here (`mean_loss`); `ents_loss`, which the schedule
watches, is made of `token_losses` in `evaluation_loss.py`.

Shapes: N tokens, K tags. Arrays live where the logits live (NumPy or CuPy).
"""

from typing import Any

from thinc.api import Ops
from thinc.types import Floats1d, Floats2d

from adaptive_spacy.ner.tags import MISSING


def token_losses(logits: Floats2d, gold: Any, ops: Ops) -> tuple[Floats1d, Floats2d]:
    """Negative log-likelihood of the gold tags.

    logits (Floats2d): *Shape:* (N, K)
    gold (Ints1d): Columns, none missing. *Shape:* (N,)
    RETURNS (tuple): The losses in nats, in double precision, *Shape:* (N,); and the probabilities
        of all tags, *Shape:* (N, K).
    """
    xp = ops.xp
    shifted = xp.asarray(logits, dtype="float64")
    shifted = shifted - shifted.max(axis=1, keepdims=True)
    log_probabilities = shifted - xp.log(xp.exp(shifted).sum(axis=1, keepdims=True))
    return -log_probabilities[xp.arange(len(gold)), gold], xp.exp(log_probabilities)


def mean_loss(
    logits: Floats2d, gold: Any, ops: Ops, tag_weights: Floats1d | None = None
) -> tuple[float, Floats2d]:
    """Mean loss per annotated token, and its gradient.

    logits (Floats2d): *Shape:* (N, K)
    gold (Ints1d): Columns, `MISSING` where a token takes no part. *Shape:* (N,)
    tag_weights (Floats1d | None): Weight of each gold tag; the mean is the weighted one, as in
        `torch.nn.CrossEntropyLoss(weight=...)`. *Shape:* (K,)
    RETURNS (tuple): The loss (0.0 if no token takes part) and its gradient, *Shape:* (N, K).
    """
    xp = ops.xp
    gradient = ops.alloc2f(*logits.shape)
    rows = xp.flatnonzero(gold != MISSING)
    if not len(rows):
        return 0.0, gradient
    gold = gold[rows]
    losses, probabilities = token_losses(logits[rows], gold, ops)
    weights = xp.ones(len(rows)) if tag_weights is None else tag_weights[gold].astype("float64")
    total = weights.sum()
    probabilities[xp.arange(len(rows)), gold] -= 1.0
    gradient[rows] = (probabilities * (weights / total)[:, None]).astype(gradient.dtype)
    return float((losses * weights).sum() / total), gradient
