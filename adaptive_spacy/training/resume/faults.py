"""What breaks a training off, with what it was doing: step, rate, documents, and the setting to
lower."""

import errno
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from spacy.language import Language
from spacy.training import Example

from adaptive_spacy.stepping import Diverged

if TYPE_CHECKING:
    from adaptive_spacy.training.resume.loop import Loop

MOST_SHOWN = 8
LONGEST = 40
#: What libraries say when memory is out and raise something else
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory")
ADVICE = {
    "training": "[training.batcher] size, [components.transformer] max_batch_items, or raise "
    "[training] accumulate_gradient",
    "evaluation": "[nlp] batch_size or [components.transformer] max_batch_items",
}


@contextmanager
def explaining(loop: "Loop", batch: list[Example], doing: str) -> Iterator[None]:
    """Say of what has diverged, or ran out of memory, where that was.

    batch (list[Example]): What was learnt from.
    doing (str): "training" or "evaluation".
    RAISES (ValueError): In place of such errors.
    """
    try:
        yield
    except Diverged as error:
        raise ValueError(f"{error}. {_where(loop, batch)}") from error
    except (MemoryError, RuntimeError, OSError) as error:
        if not is_out_of_memory(error):
            raise
        raise ValueError(
            f"the memory is not enough for the {doing} at step {loop.step}: lower "
            f"{ADVICE[doing]}. {_where(loop, batch)}"
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """RETURNS (bool): Whether this is what torch, CuPy, NumPy or the system says of it."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(one in str(error).lower() for one in OUT_OF_MEMORY)


def require_finite_losses(losses: Mapping[str, Any], nlp: Language) -> None:
    """RAISES (Diverged): If a component's loss is not finite, before the weights take a step by
    it. What others listen to reports its gradient there, which mixed precision may overflow."""
    for name, pipe in nlp.pipeline:
        loss = losses.get(name, 0.0)
        if not getattr(pipe, "listener_map", None) and not math.isfinite(float(loss)):
            raise Diverged(
                f"{name}: the training loss is {float(loss)}: the weights diverged. Lower the "
                "learning rate ([training.optimizer])"
            )


def _where(loop: "Loop", batch: list[Example]) -> str:
    rate = float(loop.optimizer.learn_rate)
    text = f"It was at step {loop.step}, with a learning rate of {rate:g}"
    return f"{text}, {_documents(loop, batch)}" if batch else text


def _documents(loop: "Loop", batch: list[Example]) -> str:
    places = loop.batches.places(batch)
    if places is None:
        texts = [one.reference.text[:LONGEST] for one in batch[:MOST_SHOWN]]
        return f"with the documents {'; '.join(map(repr, texts))}"
    shown = ", ".join(map(str, places[:MOST_SHOWN]))
    more = f" and {len(places) - MOST_SHOWN} more" if len(places) > MOST_SHOWN else ""
    return f"with the documents {shown}{more} of the training corpus (from 0)"
