"""Dropout at a fifth of its price on a processor, in attention too.

torch draws a random number per element there (`bernoulli_`, a tenth of a training step with
MiniLM). Sixteen random bits are enough to decide about one, and come four to a number. With dropout
its attention also takes the general path, which looks for rows that are masked as a whole.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

#: Random bits per element: rates are rounded to multiples of 1 / 65536
LEVELS = 2**16


class FastDropout(TorchFunctionMode):
    """A context in which networks, whatever their classes, call the two functions below for torch's
    own. What they do not cover, and every device but the processor, is left to torch."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        return REPLACEMENTS.get(func, func)(*args, **(kwargs or {}))


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.dropout`. Seeded by torch.

    input (Tensor): *Shape:* any. RETURNS (Tensor): The same shape.
    """
    if not training or inplace or not covers(input, p):
        return functional.dropout(input, p, training, inplace)
    return input * keep_mask(input.shape, p, input.dtype)


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """`torch.nn.functional.scaled_dot_product_attention` with dropout.

    query, key, value (Tensor): *Shape:* (batch, heads, length, width)
    attn_mask (Tensor | None): Added to the scores, finite. *Shape:* broadcast to
        (batch, heads, length, length)
    RETURNS (Tensor): *Shape:* (batch, heads, length, width)
    """
    boolean = attn_mask is not None and attn_mask.dtype is torch.bool
    if is_causal or enable_gqa or boolean or not covers(query, dropout_p):
        return functional.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask,
            dropout_p,
            is_causal,
            scale=scale,
            enable_gqa=enable_gqa,
        )
    scores = (query * (scale or query.shape[-1] ** -0.5)) @ key.transpose(-2, -1)
    if attn_mask is not None:
        scores += attn_mask
    weights = scores.softmax(dim=-1)
    return (weights * keep_mask(weights.shape, dropout_p, weights.dtype)) @ value


#: torch's function to ours
REPLACEMENTS: dict[Callable[..., Any], Callable[..., Any]] = {
    functional.dropout: dropout,
    functional.scaled_dot_product_attention: attention,
}


def covers(input: Tensor, rate: float) -> bool:
    """RETURNS (bool): Whether `keep_mask` can decide: on a processor, at no extreme rate."""
    return input.device.type == "cpu" and 0 < round(rate * LEVELS) < LEVELS


def keep_mask(shape: torch.Size, rate: float, dtype: torch.dtype) -> Tensor:
    """RETURNS (Tensor): 0 where an element is dropped, with a chance of `rate`, elsewhere the
    factor that keeps the mean."""
    dropped = round(rate * LEVELS)
    count = shape.numel()
    drawn = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None)
    bits = drawn.view(torch.int16)[:count].view(shape)
    # compared into its own type at once, without a tensor of booleans between
    kept = torch.ge(bits, dropped - LEVELS // 2, out=torch.empty(shape, dtype=dtype))
    return kept.mul_(LEVELS / (LEVELS - dropped))
