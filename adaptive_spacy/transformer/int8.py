"""Prediction with eight-bit integers on a processor: dynamic quantization.

Each linear layer's weights are rounded to seven bits with a scale per output (per channel), its
inputs to eight bits with a scale per batch; products are summed as integers. The weights that are
trained and saved stay float32; this copy is made when it is needed. It uses torch's operators
(`torch.ops.quantized`) themselves, because the interface around them is being moved out of torch.
"""

import copy
import warnings

import torch
from torch import Tensor, nn

#: Largest magnitude of a rounded weight. A processor without VNNI adds up pairs of products in
#: sixteen bits, and 2 * 255 * 63 is the most that fits. Inputs have outliers and need their eight
#: bits more than weights do.
LEVELS = 63


class Int8Linear(nn.Module):
    """A linear layer that multiplies small integers.

    linear (Linear): The layer in float32, of which a rounded copy is kept.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach()
        scales = (weight.abs().amax(dim=1) / LEVELS).clamp(min=torch.finfo(weight.dtype).tiny)
        zeros = torch.zeros(len(scales), dtype=torch.int64)
        with warnings.catch_warnings():
            # torch 2.13 announces that such tensors will go; `is_supported` asks for them
            warnings.simplefilter("ignore", UserWarning)
            rounded = torch.quantize_per_channel(weight, scales.double(), zeros, 0, torch.qint8)
        bias = None if linear.bias is None else linear.bias.detach()
        self.packed = torch.ops.quantized.linear_prepack(rounded, bias)

    def forward(self, input: Tensor) -> Tensor:
        """input (Tensor): *Shape:* (..., n_inputs). RETURNS (Tensor): *Shape:* (..., n_outputs)"""
        return torch.ops.quantized.linear_dynamic(input, self.packed, reduce_range=False)


def is_supported() -> bool:
    """RETURNS (bool): Whether this torch has the operators, and an engine for them."""
    engines = set(torch.backends.quantized.supported_engines) - {"none"}
    operators = (
        hasattr(torch, "quantize_per_channel"),
        hasattr(torch.ops.quantized, "linear_dynamic"),
    )
    return bool(engines) and all(operators)


def quantized(network: nn.Module) -> nn.Module:
    """RETURNS (Module): A copy whose linear layers are `Int8Linear`; it shares all else."""
    shared = {id(one): one for one in (*network.parameters(), *network.buffers())}
    twin = copy.deepcopy(network, shared)
    for module in list(twin.modules()):
        for name, child in module.named_children():
            if type(child) is nn.Linear:
                setattr(module, name, Int8Linear(child))
    return twin.eval()
