"""Attention of each row of a batch by itself, so that a row's vectors are the same in any batch, to
the last bit.

Padding is masked, but products over more pieces are summed up in another order, and differ in the
seventh digit. That is nothing, until what comes of it is rounded to integers: there it is a step of
one in 127 now and then. Everything else in a network is computed row by row.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

#: Architectures whose attention is torch's function with a mask for nothing but padding (the test
#: of all architectures finds that it holds)
PLAIN = {"albert", "bert", "camembert", "distilbert", "roberta", "xlm-roberta"}
#: Those that pool or convolve neighbouring pieces, padding with them: it changes every digit
MIXING = {"convbert", "funnel", "mobilebert", "nystromformer", "yoso"}

attention = functional.scaled_dot_product_attention


def attends_apart(network: Any) -> bool:
    """RETURNS (bool): Whether the attention of a network of transformers is what `Apart` knows."""
    config = network.config
    return (
        config.model_type in PLAIN
        and config._attn_implementation == "sdpa"
        # with others BERT multiplies by hand
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
        and not config.is_decoder
    )


def mixes_padding(network: Any) -> bool:
    """RETURNS (bool): Whether the vectors of a network of transformers change with padding."""
    return network.config.model_type in MIXING


class Apart(TorchFunctionMode):
    """A context in which each row attends to its own pieces alone.

    lengths (Tensor): Pieces of each row; rows of one length stand together. *Shape:* (n_rows,)
    """

    def __init__(self, lengths: Tensor) -> None:
        super().__init__()
        values, counts = torch.unique_consecutive(lengths.long(), return_counts=True)
        self.runs: list[tuple[int, int]] = list(zip(values.tolist(), counts.tolist(), strict=True))

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func is attention:
            return self.attend(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    def attend(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        **settings: Any,
    ) -> Tensor:
        """`scaled_dot_product_attention` without the mask, which says no more than the lengths.

        query, key, value (Tensor): *Shape:* (n_rows, heads, length, width)
        RETURNS (Tensor): Zeros where there is padding. *Shape:* (n_rows, heads, length, width)
        """
        output = query.new_zeros(*query.shape[:-1], value.shape[-1])
        start = 0
        for length, count in self.runs:
            rows = slice(start, start + count), slice(None), slice(length)
            output[rows] = attention(query[rows], key[rows], value[rows], **settings)
            start += count
        return output
