"""What networks and components tell an optimizer that makes one step for all of them."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from torch.nn import Parameter


@runtime_checkable
class TakesParameters(Protocol):
    """An optimizer that takes over the gradients of whole networks and changes their parameters in
    place, all at once, as `adaptive_spacy.AdamW.v1` does."""

    def take(self, key: tuple[int, str], parameter: Parameter) -> None:
        """Take parameter.grad, which is None afterwards."""

    def expect(self, network: int) -> None:
        """The gradients of this network (the number of its shim) come later in this update."""

    def expect_no_more(self, network: int) -> None:
        """They came, or they will not."""

    def expect_no_schedule(self) -> None:
        """The program does not call `step_schedules` at the end of this update."""

    def end_update(self) -> None:
        """The last pipe has handed over its gradients of this update."""

    def settle(self, keys: Iterable[tuple[int, str]]) -> None:
        """Make the step that is owed: these parameters are about to be read."""


class Diverged(ValueError):
    """Weights, loss or gradient are not finite: no step of this training can be worth anything."""
