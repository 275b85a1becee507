"""The norm of the gradient of all parameters together: finite, and not above a limit."""

import math
from typing import Any

import torch

from adaptive_spacy.stepping import Diverged

#: What `torch.nn.utils.clip_grad_norm_` adds to the norm
CLIP_EPS = 1e-6


def require_finite_norm(norm: float, step: int, rate: float) -> None:
    """RAISES (Diverged): If the norm is not finite; names the step and its learning rate."""
    if not math.isfinite(norm):
        raise Diverged(
            f"[training.optimizer]: the norm of the gradient is {norm} at step {step}, with a "
            f"learning rate of {rate:g}. That step was not made and the weights are as they were "
            "before it. The training diverged: lower the rate (variables.rate)"
        )


def clip(adamw: Any, norm: torch.Tensor, limit: float) -> None:
    """Have the step divide the gradients by what their norm is too large by, as it does with a
    scaled loss; `torch.nn.utils.clip_grad_norm_` goes over them once more.

    adamw (torch.optim.AdamW): The fused optimizer.
    norm (Tensor): The norm, a scalar.
    limit (float): The largest that is let be, > 0.
    """
    excess = ((norm + CLIP_EPS) / limit).clamp(min=1.0)
    adamw.grad_scale, adamw.found_inf = excess, torch.zeros_like(excess)
