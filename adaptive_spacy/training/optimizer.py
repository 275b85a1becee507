"""AdamW as BERT is fine-tuned with it: `adaptive_spacy.AdamW.v1`.

thinc's `Adam.v1` clips each parameter's gradient by itself and decays biases and normalization
weights too. Here one global norm is clipped and only matrices decay (Devlin et al. 2019,
appendix A.2; Loshchilov and Hutter 2019), by torch's own fused implementation.
"""

from collections.abc import Iterable
from typing import Any

import torch
from thinc.api import Optimizer, xp2torch
from thinc.types import FloatsXd

KeyT = tuple[int, str]


def make_adamw_v1(
    learn_rate: float | list[float] | Iterable[float],
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    grad_clip: float = 1.0,
) -> "AdamW":
    """Registered as `adaptive_spacy.AdamW.v1`; see `AdamW`."""
    return AdamW(
        learn_rate,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
        weight_decay=weight_decay,
        grad_clip=grad_clip,
    )


class AdamW(Optimizer):
    """Updates the parameters of all components at once, behind thinc's interface.

    Parameters and gradients are collected; `step_schedules`, which spaCy's training loop calls at
    the end of every update, makes the step. Where a program never calls that, as around a bare
    `nlp.update`, the step is made when the next one begins.

    learn_rate (float | Iterable[float]): A rate or a schedule.
    beta1, beta2, eps (float): As in `torch.optim.AdamW`.
    weight_decay (float): Of parameters with two or more dimensions.
    grad_clip (float): Largest norm of the gradient of all parameters together; 0: no limit.
    """

    def __init__(
        self,
        learn_rate: float | list[float] | Iterable[float],
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        grad_clip: float = 1.0,
    ) -> None:
        super().__init__(
            learn_rate,  # type: ignore[arg-type]
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            L2=weight_decay,
            grad_clip=grad_clip,
            use_averages=False,
        )
        self.parameters: dict[KeyT, torch.nn.Parameter] = {}
        self.copies: dict[KeyT, torch.Tensor] = {}
        self.pending: dict[KeyT, torch.Tensor] = {}
        self.adamw: torch.optim.AdamW | None = None

    def __call__(
        self, key: KeyT, weights: FloatsXd, gradient: FloatsXd, *, lr_scale: float = 1.0
    ) -> tuple[FloatsXd, FloatsXd]:
        """Collect a parameter, whose memory the step will change.

        key (tuple): The model's id and the parameter's name.
        weights, gradient (FloatsXd): The parameter and its gradient, which is copied and zeroed,
            as thinc's own optimizer does.
        lr_scale (float): Factor on the rate of this parameter, fixed by the first call.
        RETURNS (tuple): The same two arrays, the parameter unchanged yet.
        """
        self._begin(key)
        values: torch.Tensor = xp2torch(weights)
        parameter = self.parameters.get(key)
        if parameter is None:
            parameter = torch.nn.Parameter(values)
            self._add(key, parameter, lr_scale)
        elif parameter.data_ptr() != values.data_ptr():
            parameter.data = values
        given: torch.Tensor = xp2torch(gradient)
        copy = self.copies.get(key)
        if copy is None:
            copy = self.copies[key] = torch.empty_like(given)
        self.pending[key] = copy.copy_(given)
        # thinc's parameters add up gradients until their optimizer zeroes them
        gradient *= 0
        return weights, gradient

    def take(self, key: KeyT, parameter: torch.nn.Parameter) -> None:
        """Collect a parameter of torch and take its gradient over, without a copy.

        key (tuple): The model's id and the parameter's name.
        parameter (Parameter): The step will change it in place; its gradient is None afterwards.
        """
        self._begin(key)
        gradient, parameter.grad = parameter.grad, None
        if gradient is None:
            return
        known = self.parameters.get(key)
        if known is None:
            self._add(key, parameter, 1.0)
        elif known is not parameter:
            self._replace(key, known, parameter)
        self.pending[key] = gradient

    def step_schedules(self) -> None:
        """Make the step with the current rate, then draw the next one."""
        self.make_step()
        super().step_schedules()

    def make_step(self) -> None:
        """Update what was collected. A parameter that was not is left alone, as in torch."""
        if self.adamw is None or not self.pending:
            return
        for key, gradient in self.pending.items():
            self.parameters[key].grad = gradient
        gathered = [self.parameters[key] for key in self.pending]
        if self.grad_clip:
            torch.nn.utils.clip_grad_norm_(gathered, self.grad_clip)
        for group in self.adamw.param_groups:
            group["lr"] = self.learn_rate * group["lr_scale"]
            group["betas"] = (self.b1, self.b2)
        self.adamw.step()
        for parameter in gathered:
            parameter.grad = None
        self.pending.clear()

    def _begin(self, key: KeyT) -> None:
        """A parameter comes a second time: nobody made the step of the update before."""
        if key in self.pending:
            self.make_step()

    def _add(self, key: KeyT, parameter: torch.nn.Parameter, lr_scale: float) -> None:
        self.parameters[key] = parameter
        decay = self.L2 if parameter.ndim > 1 else 0.0
        group: dict[str, Any] = {"params": [parameter], "weight_decay": decay, "lr_scale": lr_scale}
        if self.adamw is None:
            self.adamw = torch.optim.AdamW([group], lr=0.0, eps=self.eps, fused=True)
            return
        for known in self.adamw.param_groups:
            if (known["weight_decay"], known["lr_scale"]) == (decay, lr_scale):
                known["params"].append(parameter)
                return
        self.adamw.add_param_group(group)

    def _replace(self, key: KeyT, old: torch.nn.Parameter, new: torch.nn.Parameter) -> None:
        """Another network stands behind the same key, e.g. one that was read from disk. It goes on
        with the old one's moments, as thinc's optimizers do."""
        assert self.adamw is not None
        self.parameters[key] = new
        for group in self.adamw.param_groups:
            group["params"] = [new if one is old else one for one in group["params"]]
        if old in self.adamw.state:
            self.adamw.state[new] = self.adamw.state.pop(old)
