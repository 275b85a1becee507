"""When the step is made of gradients that come parameter by parameter: the program says so, or it
is found out."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any

import torch
from thinc.api import Optimizer
from torch.nn import Parameter

KeyT = tuple[int, str]


class CollectingOptimizer(Optimizer):
    """Collects the gradients of an update, of which it makes one step.

    It is owed until it is made: by `step_schedules`, at the end of an update that is known to have
    one, or else before the weights are read; see `AdamW`.

    learn_rate (float | list[float] | Iterable[float]): A rate or a schedule.
    **options: As in `thinc.api.Optimizer`.
    """

    def __init__(self, learn_rate: Any, **options: Any) -> None:
        super().__init__(learn_rate, **options)
        self.parameters: dict[KeyT, Parameter] = {}
        self.pending: dict[KeyT, torch.Tensor] = {}
        #: Steps made
        self.steps = 0
        #: Whether the program leaves it to the optimizer when to make the step
        self.bare = False
        #: Networks whose gradients come later in this update, by the number of their shim
        self.awaited: set[int] = set()

    @abstractmethod
    def make_step(self) -> None:
        """Update what was collected, after which nothing is pending or awaited."""

    def __getstate__(self) -> object:
        # the pipeline that is copied along has the weights of after the step, as those that are
        # here become: the copy would make it of others
        self._make_owed_step()
        return super().__getstate__()

    def expect(self, network: int) -> None:
        """The gradients of a network come later in this update, in an order that is `nlp.update`'s
        with an optimizer and not that of spaCy's training loop.

        network (int): The number of its shim.
        """
        self.expect_no_schedule()
        self.awaited.add(network)

    def expect_no_more(self, network: int) -> None:
        """The gradients of a network came."""
        self.awaited.discard(network)
        self._step_if_known_complete()

    def give_up(self, network: int) -> None:
        """A network learns anew. Where its gradients are awaited, they did not come, as those of
        listeners that were excluded: the update is over that they were of."""
        if network in self.awaited:
            self._make_owed_step()
            self.awaited.discard(network)

    def expect_no_schedule(self) -> None:
        """The program does not call `step_schedules` at the end of this update."""
        self.bare = True

    def end_update(self, is_last: Callable[[], bool]) -> None:
        """A pipe has handed over its gradients of this update. In the first one nothing else tells
        that it is over, as nobody knows yet which parameters there are.

        is_last (Callable): Returns whether no pipe learns after this one. Asked when it matters.
        """
        if self.bare and not self.steps and is_last():
            self._step_if_complete()

    def settle(self, keys: Iterable[KeyT], *, over: bool = False) -> bool:
        """Make the step that is owed, unless the update is still under way.

        keys (Iterable[tuple]): The parameters that are about to be read. Those of another pipe may
            be, in the middle of an update.
        over (bool): Whether the update is known to be over, whatever is awaited.
        RETURNS (bool): Whether none is owed now that changes these parameters.
        """
        if self.pending.keys().isdisjoint(keys):
            return True
        if self.awaited and not over:
            return False
        self._make_owed_step()
        return True

    def step_schedules(self) -> None:
        """Make the step with the current rate, then draw the next one."""
        if self.pending:
            self.bare = False
            self.make_step()
        super().step_schedules()

    def _make_owed_step(self) -> None:
        """Make the step, which nobody else did."""
        if self.pending:
            self.bare = True
            self.make_step()

    def _begin(self, key: KeyT) -> None:
        """A parameter comes a second time: nobody made the step of the update before."""
        if key in self.pending:
            self._make_owed_step()

    def _step_if_known_complete(self) -> None:
        """From the second update on it is known which parameters there are."""
        if self.steps:
            self._step_if_complete()

    def _step_if_complete(self) -> None:
        """Nothing is missing that a step was ever made of: the update is over."""
        if self.bare and not self.awaited and len(self.pending) == len(self.parameters):
            self.make_step()
