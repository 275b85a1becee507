"""The parameters of a torch optimizer, in groups of one weight decay and one factor on the rate."""

from typing import Any

import torch
from torch.nn import Parameter


def add_parameter(
    adamw: torch.optim.AdamW | None,
    parameter: Parameter,
    decay: float,
    lr_scale: float,
    eps: float,
) -> torch.optim.AdamW:
    """Add a parameter to the group that it belongs to.

    adamw (AdamW | None): The optimizer; None: made for this parameter, as torch makes none of none.
    parameter (Parameter): The parameter.
    decay, lr_scale (float): What its group has in common.
    eps (float): As in `torch.optim.AdamW`.
    RETURNS (AdamW): The optimizer.
    """
    group: dict[str, Any] = {"params": [parameter], "weight_decay": decay, "lr_scale": lr_scale}
    if adamw is None:
        return torch.optim.AdamW([group], lr=0.0, eps=eps, fused=True)
    for known in adamw.param_groups:
        if (known["weight_decay"], known["lr_scale"]) == (decay, lr_scale):
            known["params"].append(parameter)
            return adamw
    adamw.add_param_group(group)
    return adamw


def replace_parameter(adamw: torch.optim.AdamW, old: Parameter, new: Parameter) -> None:
    """Let a parameter go on with the moments of another, as thinc's optimizers do."""
    for group in adamw.param_groups:
        group["params"] = [new if one is old else one for one in group["params"]]
    if old in adamw.state:
        adamw.state[new] = adamw.state.pop(old)


def remove_parameter(adamw: torch.optim.AdamW, parameter: Parameter) -> None:
    """Keep nothing of a parameter."""
    for group in adamw.param_groups:
        group["params"] = [one for one in group["params"] if one is not parameter]
    adamw.state.pop(parameter, None)
