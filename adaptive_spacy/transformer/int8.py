"""Prediction with eight-bit integers on a processor: dynamic quantization.

Each linear layer's weights are rounded to seven bits with a scale per output (per channel), its
inputs to eight bits with a scale per row, so that a piece is rounded in the same way whatever else
is in the batch (`rowwise_attention.py` sees to what lies between the layers); products are summed
as integers. The weights that are trained and saved stay float32; this copy is made when it is
needed. It uses torch's operators (`torch.ops.quantized`) themselves, because the interface around
them is being moved out of torch.
"""

import copy
import warnings
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

#: Largest magnitude of a rounded weight. A processor without VNNI adds up pairs of products in
#: sixteen bits, and 2 * 255 * 63 is the most that fits. Inputs have outliers and need their eight
#: bits more than weights do.
LEVELS = 63


#: An input that was divided by the largest magnitude of its row, from -1 to 1, as an unsigned byte
INPUT_SCALE, INPUT_ZERO = 1 / 127, 128


#: Engines of torch that are given the scale of the inputs; others find it between their extremes
GIVEN = ("x86", "fbgemm")


class Int8Linear(nn.Module):
    """A linear layer that multiplies small integers.

    linear (Linear): The layer in float32, of which a rounded copy is kept.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.given = torch.backends.quantized.engine in GIVEN
        weight = linear.weight.detach()
        if not self.given:
            # two more inputs, which are always the extremes and count for nothing
            weight = functional.pad(weight, (0, 2))
        scales = (weight.abs().amax(dim=1) / LEVELS).clamp(min=torch.finfo(weight.dtype).tiny)
        zeros = torch.zeros(len(scales), dtype=torch.int64)
        with warnings.catch_warnings():
            # torch 2.13 announces that such tensors will go; `is_supported` asks for them
            warnings.simplefilter("ignore", UserWarning)
            rounded = torch.quantize_per_channel(weight, scales.double(), zeros, 0, torch.qint8)
        self.bias = None if linear.bias is None else linear.bias.detach()
        # the bias comes after the rows' scales
        self.packed = torch.ops.quantized.linear_prepack(rounded, None)

    def forward(self, input: Tensor) -> Tensor:
        """input (Tensor): *Shape:* (..., n_inputs). RETURNS (Tensor): *Shape:* (..., n_outputs)"""
        largest = input.abs().amax(dim=-1, keepdim=True).clamp_(min=torch.finfo(input.dtype).tiny)
        scaled = input / largest
        if self.given:
            multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32
            output = multiply(scaled, INPUT_SCALE, INPUT_ZERO, self.packed)
        else:
            ends = scaled.new_tensor([1.0, -1.0]).expand(*scaled.shape[:-1], 2)
            wider = torch.cat([scaled, ends], dim=-1)
            output = torch.ops.quantized.linear_dynamic(wider, self.packed, reduce_range=False)
        return output.mul_(largest) if self.bias is None else self.bias.addcmul(output, largest)


@cache
def is_supported() -> bool:
    """RETURNS (bool): Whether this torch has the operators, for this processor."""
    try:
        # a layer draws its weights, which no training or caller should notice
        with torch.random.fork_rng(devices=[]):
            Int8Linear(nn.Linear(4, 4))(torch.ones(1, 4))
    except (AttributeError, NotImplementedError, RuntimeError):
        return False
    return True


def quantized(network: nn.Module) -> nn.Module:
    """RETURNS (Module): A copy whose linear layers are `Int8Linear`; it shares all else."""
    shared = {id(one): one for one in (*network.parameters(), *network.buffers())}
    twin = copy.deepcopy(network, shared)
    for module in list(twin.modules()):
        for name, child in module.named_children():
            if type(child) is nn.Linear:
                setattr(module, name, Int8Linear(child))
    return twin.eval()
