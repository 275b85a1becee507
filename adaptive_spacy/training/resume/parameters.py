"""All that is trained, under names that another process has for it too: its numbers are others."""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy
import torch
from spacy.language import Language
from thinc.api import Model, torch2xp, xp2torch

KeyT = tuple[int, str]


class Place(NamedTuple):
    """name (str): Of a node of a network: component and number in it. node (Model): The node."""

    name: str
    node: Model[Any, Any]


def places(nlp: Language) -> Iterator[Place]:
    """YIELDS (Place): The nodes of all components, each once, disabled ones too."""
    seen = set()
    for name, pipe in nlp.components:
        model = getattr(pipe, "model", None)
        for number, node in enumerate(model.walk() if isinstance(model, Model) else ()):
            if node.id not in seen:
                seen.add(node.id)
                yield Place(f"{name}.{number}", node)


def keys(nlp: Language) -> dict[KeyT, str]:
    """RETURNS (dict): The name of each parameter by what optimizers call it."""
    found: dict[KeyT, str] = {}
    for name, node in places(nlp):
        found |= {(node.id, one): f"{name}.{one}" for one in node.param_names}
        for number, shim in enumerate(node.shims):
            module = getattr(shim, "_model", None)
            if isinstance(module, torch.nn.Module):
                found |= {
                    (shim.id, one): f"{name}.shim{number}.{one}"
                    for one, _ in module.named_parameters()
                }
    return found


def live(nlp: Language) -> dict[str, Any]:
    """RETURNS (dict): Arrays of thinc and parameters of torch by name, as they are trained."""
    found: dict[str, Any] = {}
    for name, node in places(nlp):
        found |= {f"{name}.{one}": node.get_param(one) for one in _filled(node)}
        for number, shim in enumerate(node.shims):
            module = getattr(shim, "_model", None)
            if isinstance(module, torch.nn.Module):
                for one, parameter in module.named_parameters():
                    found[f"{name}.shim{number}.{one}"] = parameter
    return found


def save_weights(nlp: Language) -> dict[str, Any]:
    """RETURNS (dict): All weights by name, as they are: not copied where they are on a processor.
    A network that is neither thinc's nor torch's is its bytes."""
    found: dict[str, Any] = {}
    for name, node in places(nlp):
        for one in _filled(node):
            found[f"{name}.{one}"] = node.ops.to_numpy(node.get_param(one))
        for number, shim in enumerate(node.shims):
            place = f"{name}.shim{number}"
            module = getattr(shim, "_model", None)
            if isinstance(module, torch.nn.Module):
                found |= {f"{place}.{one}": value for one, value in module.state_dict().items()}
                scaler = getattr(shim, "_grad_scaler", None)
                if scaler is not None:
                    found[f"{place}/scale"] = scaler._scale
                    found[f"{place}/growth"] = scaler._growth_tracker
            elif module is not None:
                found[place] = numpy.frombuffer(shim.to_bytes(), dtype="uint8")
    return found


def load_weights(nlp: Language, weights: dict[str, torch.Tensor]) -> None:
    """Put weights back.

    RAISES (ValueError): If the pipeline has others.
    """
    left = dict(weights)
    try:
        for name, node in places(nlp):
            for one in node.param_names:
                if f"{name}.{one}" in left:
                    values: Any = left.pop(f"{name}.{one}").numpy().copy()
                    _require_shape(node, one, values)
                    node.set_param(one, cast(Any, node.ops.asarray(values)))
            for number, shim in enumerate(node.shims):
                _load_shim(shim, f"{name}.shim{number}", left)
    except (KeyError, RuntimeError) as error:
        raise ValueError(
            f"the weights that were saved are not those of this pipeline: {error}"
        ) from None
    if left:
        raise ValueError(
            f"the weights that were saved are not those of this pipeline: {min(left)} is none of it"
        )


def as_array(tensor: torch.Tensor, beside: Any) -> Any:
    """RETURNS (Any): What was saved, as an array on the device of a parameter."""
    device = beside.device if isinstance(beside, torch.Tensor) else xp2torch(beside).device
    return torch2xp(tensor.clone().to(device))


def _load_shim(shim: Any, place: str, left: dict[str, torch.Tensor]) -> None:
    module = getattr(shim, "_model", None)
    if isinstance(module, torch.nn.Module):
        names = module.state_dict().keys()
        module.load_state_dict({one: left.pop(f"{place}.{one}") for one in names})
        scaler = getattr(shim, "_grad_scaler", None)
        if scaler is not None:
            scaler._scale = left.pop(f"{place}/scale").to(scaler._scale.device)
            scaler._growth_tracker = left.pop(f"{place}/growth").to(scaler._growth_tracker.device)
    elif module is not None:
        shim.from_bytes(left.pop(place).numpy().tobytes())


def _require_shape(node: Model[Any, Any], name: str, values: Any) -> None:
    """thinc takes an array of any shape."""
    if node.has_param(name) and node.get_param(name).shape != values.shape:
        raise RuntimeError(
            f"{node.name} {name} has the shape {values.shape} there and "
            f"{node.get_param(name).shape} here"
        )


def _filled(node: Model[Any, Any]) -> list[str]:
    return [one for one in node.param_names if node.has_param(one)]
