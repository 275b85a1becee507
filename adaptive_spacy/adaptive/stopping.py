"""The end: `adaptive_spacy.until_finished.v1` runs out of batches when the schedule is finished."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from adaptive_spacy.adaptive import active_schedule
from adaptive_spacy.adaptive.callback import load_then, save_then
from adaptive_spacy.adaptive.schedule import PhaseSchedule

if TYPE_CHECKING:
    from spacy.language import Language

Batcher = Callable[[Iterable[Any]], Iterable[list[Any]]]


def make_until_finished_v1(batcher: Batcher) -> "UntilFinished":
    """Registered as `adaptive_spacy.until_finished.v1`; see `UntilFinished`."""
    return UntilFinished(batcher)


class UntilFinished:
    """Yields another batcher's batches until the schedule that trains is finished.

    spaCy then goes through the remaining epochs without a batch, so `max_epochs` must be > 0.
    The batch after the last evaluation was drawn already: it is trained on, at the rate at
    which the cool-down ends.

    batcher (Callable): The batcher underneath.
    """

    def __init__(self, batcher: Batcher) -> None:
        self.batcher = batcher
        self.schedule: PhaseSchedule | None = None
        self.training = active_schedule.next_training()

    def __call__(self, items: Iterable[Any]) -> Iterator[list[Any]]:
        batches = iter(self.batcher(items))
        while not self._finished():
            batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def save_state(self, nlp: "Language") -> dict[str, Any]:
        """RETURNS (dict): What the batcher underneath remembers, if it says."""
        return {"batcher": save_then(self.batcher, nlp)}

    def load_state(self, nlp: "Language", state: dict[str, Any], output: Any) -> None:
        """Have it go on from that."""
        load_then(self.batcher, nlp, state["batcher"], output)

    def _finished(self) -> bool:
        if self.schedule is None:
            self.schedule = active_schedule.bound(self.training)
        return self.schedule is not None and self.schedule.finished
