"""AdamW as BERT is fine-tuned with it: `adaptive_spacy.AdamW.v1`.

thinc's `Adam.v1` clips each parameter's gradient by itself and decays biases and normalization
weights too. Here one global norm is clipped and only matrices decay (Devlin et al. 2019,
appendix A.2; Loshchilov and Hutter 2019), by torch's own fused implementation.
"""

from collections.abc import Collection, Iterable
from typing import Any

import torch
from thinc.api import ConfigValidationError, xp2torch
from thinc.types import FloatsXd
from torch.nn import Parameter

from adaptive_spacy.config.settings import SETTINGS
from adaptive_spacy.training.gradient_norm import clip, require_finite_norm
from adaptive_spacy.training.owed_step import CollectingOptimizer, KeyT
from adaptive_spacy.training.parameter_groups import (
    add_parameter,
    remove_parameter,
    replace_parameter,
)
from adaptive_spacy.training.rowwise_adamw import TouchedRows, pad_rows

#: AdamW's state that grows with a parameter
MOMENTS = ("exp_avg", "exp_avg_sq")
#: Share of an embedding's rows from which on treating it as a whole is faster
MANY_ROWS = 0.5


def make_adamw_v1(
    learn_rate: float | list[float] | Iterable[float],
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    grad_clip: float = 1.0,
    head_rate: float = 1.0,
) -> "AdamW":
    """Registered as `adaptive_spacy.AdamW.v1`; see `AdamW`.
    RAISES (ConfigValidationError): If an argument is not what it has to be."""
    check_arguments(locals())
    return AdamW(
        learn_rate,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
        weight_decay=weight_decay,
        grad_clip=grad_clip,
        head_rate=head_rate,
    )


def check_arguments(arguments: dict[str, Any]) -> None:
    """RAISES (ConfigValidationError): Unless numbers are what they have to be. A schedule stands
    for itself."""
    for name, requirement in SETTINGS["training.optimizer"].items():
        value = arguments.get(name)
        if isinstance(value, int | float | str):
            requirement.check("Bad optimizer", f"[training.optimizer] {name}", value)


class AdamW(CollectingOptimizer):
    """Updates the parameters of all components at once, behind thinc's interface.

    Parameters and gradients are collected; `step_schedules`, which spaCy's training loop calls at
    the end of every update, makes the step. A program that never calls that, as around a bare
    `nlp.update`, has it made when the last pipe has handed over its gradients (`transformer_ner`
    tells) or those of all parameters are there that there ever were; or else before a pipe of
    ours is read, saved or copied, or when a gradient comes a second time. Each gradient is used
    once. Where all pipes are others', only the first update's step is late: it is made in the
    second.

    learn_rate (float | Iterable[float]): A rate or a schedule.
    beta1, beta2, eps (float): As in `torch.optim.AdamW`.
    weight_decay (float): Of parameters with two or more dimensions.
    grad_clip (float): Largest norm of the gradient of all parameters together; 0: no limit.
    head_rate (float): Factor on the rate of all but what `take` collects, i.e. of everything but
        the transformer of `adaptive_spacy.TransformerModel.v1` (discriminative rates, Howard and
        Ruder 2018, section 3.2).
    RAISES (ConfigValidationError): If head_rate is not above 0.
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
        head_rate: float = 1.0,
    ) -> None:
        if not head_rate > 0:
            raise ConfigValidationError(
                title="Bad optimizer",
                desc=f"[training.optimizer] head_rate: expected a number > 0, got {head_rate}",
            )
        super().__init__(
            learn_rate,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            L2=weight_decay,
            grad_clip=grad_clip,
            use_averages=False,
        )
        self.head_rate = head_rate
        #: Embeddings of which only the touched rows are stepped
        self.touched: dict[KeyT, TouchedRows] = {}
        self.copies: dict[KeyT, torch.Tensor] = {}
        self.adamw: torch.optim.AdamW | None = None
        #: Setbacks of the schedule: after each the weights are earlier ones
        self.setbacks = 0

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
        if key in self.touched:
            self._step_whole(key)
        values: torch.Tensor = xp2torch(weights)
        parameter = self.parameters.get(key)
        if parameter is None:
            parameter = Parameter(values)
            self.add(key, parameter, lr_scale * self.head_rate)
        elif parameter.data_ptr() != values.data_ptr():
            parameter.data = values
        given: torch.Tensor = xp2torch(gradient)
        copy = self.copies.get(key)
        if copy is None:
            copy = self.copies[key] = torch.empty_like(given)
        self.pending[key] = copy.copy_(given)
        # thinc's parameters add up gradients until their optimizer zeroes them
        gradient *= 0
        self._step_if_known_complete()
        return weights, gradient

    def take(self, key: KeyT, parameter: Parameter) -> None:
        """Collect a parameter of torch and take its gradient over, without a copy.

        key (tuple): The model's id and the parameter's name.
        parameter (Parameter): The step will change it in place; its gradient is None afterwards.
            With a sparse gradient, as embeddings have it on request, it takes the same step at less
            cost (`TouchedRows`).
        """
        self._begin(key)
        gradient, parameter.grad = parameter.grad, None
        if gradient is None:
            return
        known = self.parameters.get(key)
        if gradient.is_sparse and (known is None or key in self.touched):
            parameter, gradient = self._take_rows(key, parameter, gradient)
        elif gradient.is_sparse:
            gradient = gradient.to_dense()
        if known is None:
            self.add(key, parameter, 1.0)
        elif known is not parameter:
            self._replace(key, known, parameter)
        self.pending[key] = gradient

    def forget(self, keys: Collection[KeyT]) -> None:
        """Know parameters no more whose layer was replaced: an update is complete without them.
        Called after those of the new layer were handed over.

        keys (Collection[tuple]): Some may never have been known.
        """
        for key in self.parameters.keys() & keys:
            assert self.adamw is not None
            remove_parameter(self.adamw, self.parameters.pop(key))
            self.pending.pop(key, None)
            self.copies.pop(key, None)
            self.touched.pop(key, None)
        self._step_if_known_complete()

    def make_step(self) -> None:
        """Update what was collected. A parameter that was not is left alone, as in torch.

        RAISES (ValueError): If a gradient is not finite. The weights are as they were.
        """
        if self.adamw is None or not self.pending:
            return
        gradients, self.pending = self.pending, {}
        self.awaited.clear()
        setbacks = len(getattr(self.schedules.get("learn_rate"), "setbacks", ()))
        if setbacks != self.setbacks:
            self.setbacks = setbacks
            self.adamw.state.clear()
        rate = float(self.learn_rate)
        norm = torch.nn.utils.get_total_norm(gradients.values())
        require_finite_norm(float(norm), self.steps, rate)
        if self.grad_clip:
            clip(self.adamw, norm, self.grad_clip)
        for group in self.adamw.param_groups:
            group["lr"] = rate * group["lr_scale"]
            group["betas"] = (float(self.b1), float(self.b2))
        # what torch has added up since, and nobody handed over, is of a later step
        later = {key: parameter.grad for key, parameter in self.parameters.items()}
        for key, parameter in self.parameters.items():
            parameter.grad = gradients.get(key)
        self.adamw.step()
        for key, parameter in self.parameters.items():
            parameter.grad = later[key]
        for key, touched in self.touched.items():
            if key in gradients:
                touched.scatter(1.0 - rate * self.L2)
        self.steps += 1

    def _take_rows(
        self, key: KeyT, matrix: Parameter, gradient: torch.Tensor
    ) -> tuple[Parameter, torch.Tensor]:
        """What to step of an embedding with a sparse gradient: its touched rows, or all of it once
        they are many. RETURNS (tuple): A parameter and its gradient."""
        touched = self.touched.get(key)
        if touched is None:
            touched = self.touched[key] = TouchedRows(matrix)
        touched.matrix = matrix
        gathered = touched.gather(gradient)
        state = self.adamw.state.get(touched.values, {}) if self.adamw else {}
        for name in MOMENTS:
            if name in state:
                state[name] = pad_rows(state[name], len(touched.rows))
        if touched.share <= MANY_ROWS:
            return touched.values, gathered
        self._step_whole(key)
        return matrix, gradient.to_dense()

    def _step_whole(self, key: KeyT) -> None:
        """From now on, step an embedding as a whole."""
        touched = self.touched.pop(key)
        if key in self.parameters:
            self._replace(key, touched.values, touched.matrix)
        state = self.adamw.state.get(touched.matrix, {}) if self.adamw else {}
        for name in MOMENTS:
            if name in state:
                state[name] = touched.spread(state[name])

    def add(self, key: KeyT, parameter: Parameter, lr_scale: float) -> None:
        """Know a parameter from now on, whose rate has this factor."""
        self.parameters[key] = parameter
        decay = self.L2 if parameter.ndim > 1 else 0.0
        self.adamw = add_parameter(self.adamw, parameter, decay, lr_scale, self.eps)

    def _replace(self, key: KeyT, old: Parameter, new: Parameter) -> None:
        """Another network stands behind the same key, e.g. one that was read from disk."""
        assert self.adamw is not None
        self.parameters[key] = new
        replace_parameter(self.adamw, old, new)
