"""Whether a trained pipeline is worth keeping: finite weights, entities that are found at all, and
a last checkpoint that is not far below the best one."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import torch
from thinc.api import Model

from adaptive_spacy.stepping import Diverged

if TYPE_CHECKING:
    from spacy.language import Language

#: Share of the best F1 below which another one is far below it. Of 192 healthy trainings one with a
#: best F1 above 0.3 ended there, and three were there once on their way (benchmarks/results).
FAR_BELOW = 0.8


class Scored(Protocol):
    """An evaluation of a training's history; see `training.history.Evaluation`."""

    @property
    def step(self) -> int:
        """RETURNS (int): Of the update before it."""

    @property
    def steps_per_round(self) -> int:
        """RETURNS (int): Update steps between two evaluations."""

    @property
    def f(self) -> float | None:
        """RETURNS (float | None): F1 of entities, in [0, 1]."""


def weights(nlp: "Language") -> Iterator[tuple[str, str, Any]]:
    """YIELDS (tuple): Component, parameter, and its array or tensor, of all that is trained."""
    for name, pipe in nlp.components:
        model = getattr(pipe, "model", None)
        for node in model.walk() if isinstance(model, Model) else ():
            for parameter in node.param_names:
                if node.has_param(parameter):
                    yield name, f"{node.name}.{parameter}", node.get_param(parameter)
            for shim in node.shims:
                module = getattr(shim, "_model", None)
                if isinstance(module, torch.nn.Module):
                    for parameter, tensor in module.state_dict().items():
                        if tensor.is_floating_point():
                            yield name, parameter, tensor


def sums(nlp: "Language") -> dict[tuple[str, str], float]:
    """Add up each parameter, as a cheap sign of what its values are.

    RETURNS (dict): Sums by component and parameter. Not finite exactly if one of the values is
        not: single precision cannot overflow in double.
    """
    found: dict[tuple[str, str], float] = {}
    for name, parameter, values in weights(nlp):
        double = torch.float64 if isinstance(values, torch.Tensor) else "float64"
        # nodes of one name add up, which keeps what is not finite
        found[name, parameter] = found.get((name, parameter), 0.0) + float(values.sum(dtype=double))
    return found


def require_finite(nlp: "Language") -> None:
    """RAISES (Diverged): If a weight is NaN or infinite; names the component and parameter."""
    for (name, parameter), total in sums(nlp).items():
        if not math.isfinite(total):
            raise Diverged(
                f"{name}: the weights are not finite (NaN or infinite), first in {parameter}. The "
                "training diverged: train again with a lower learning rate (variables.rate)"
            )


def warnings_of(
    performance: Mapping[str, Any],
    history: Sequence[Scored] | None = None,
    *,
    entities: int | None = None,
) -> list[str]:
    """What speaks against using a pipeline, or believing its scores.

    performance (dict): Its scores by spaCy's names, as in meta.json or "spacy" of `evaluate`.
    history (Sequence | None): Of its training, where the pipeline is the last checkpoint of one;
        see `training.history.history_of_last`.
    entities (int | None): Annotated ones that it was scored by; None: not known.
    RETURNS (list[str]): A line each.
    """
    found = []
    if entities == 0:
        found.append(
            "no entity is annotated in the corpus: its F1 tells nothing of this pipeline. Evaluate "
            "it on sentences with entities"
        )
    elif performance.get("ents_f") == 0:
        found.append(
            "F1 is 0: this pipeline finds none of the entities. Do not use it; train with another "
            "learning rate (variables.rate) or more sentences"
        )
    scored = [(one.f, one) for one in history or () if one.f is not None]
    if scored:
        (last, _), (best, when) = scored[-1], max(scored, key=lambda pair: pair[0])
        if last < FAR_BELOW * best:
            found.append(
                f"this is model-last, whose F1 on dev was {100 * last:.1f}, far below the "
                f"{100 * best:.1f} of epoch {when.step / when.steps_per_round:g}, which is in "
                "model-best: take that one (in the project: --vars.select best)"
            )
    return found
