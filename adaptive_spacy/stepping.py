"""What networks and components tell an optimizer that makes one step for all of them."""

from collections.abc import Callable, Collection, Iterable
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
        """They came."""

    def give_up(self, network: int) -> None:
        """They did not come in the update before this one, if they were awaited."""

    def expect_no_schedule(self) -> None:
        """The program does not call `step_schedules` at the end of this update."""

    def end_update(self, is_last: Callable[[], bool]) -> None:
        """A pipe has handed over its gradients, and knows whether it is the last that learns."""

    def settle(self, keys: Iterable[tuple[int, str]], *, over: bool = False) -> bool:
        """Make the step that is owed, if it can be (over: certainly): these parameters are about
        to be read. RETURNS (bool): Whether none is owed now."""

    def forget(self, keys: Collection[tuple[int, str]]) -> None:
        """No gradients will come of these parameters, whose layer was replaced."""


class Diverged(ValueError):
    """Weights, loss or gradient are not finite: no step of this training can be worth anything."""
