"""What a network computes in: the precisions that a config can ask for, and the types that a device
has in hardware."""

from collections.abc import Mapping
from typing import Any

import torch
from thinc.api import ConfigValidationError, get_torch_default_device

from adaptive_spacy.config.blocks import find_transformers
from adaptive_spacy.transformer import int8

#: bfloat16 where the device is faster in it, float32 elsewhere
AUTO = "auto"
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
#: Predicts with integers on a processor; everything else is float32
INT8 = "int8"
PRECISIONS = (AUTO, *DTYPES, INT8)

#: What torch says a processor of x86 can do, by its public names, and what it called them before
VECTORS, TILES, HALVES = "avx512_bf16", "amx_bf16", "avx512_fp16"
FORMER_NAMES = {VECTORS: "_is_avx512_bf16_supported", TILES: "_is_amx_tile_supported"}


def resolve(precision: str, device: str) -> torch.dtype:
    """RETURNS (torch.dtype): What a network computes in on a device.

    precision (str): One of `PRECISIONS`.
    device (str): As torch names its kind: "cpu", "cuda".
    """
    if precision == AUTO:
        return torch.bfloat16 if is_faster_in_bfloat16(device) else torch.float32
    wanted = DTYPES.get(precision, torch.float32)
    return wanted if computes(device, wanted) else torch.float32


def predicts_in(precision: str, device: str) -> str:
    """RETURNS (str): What a network predicts in on a device, as a config names it.

    precision, device (str): See `resolve`.
    """
    if precision == INT8 and device == "cpu" and int8.is_supported():
        return INT8
    return name_of(resolve(precision, device))


def is_faster_in_bfloat16(device: str) -> bool:
    """RETURNS (bool): Whether a device computes in bfloat16, and faster than in float32: by what it
    is, not by a measurement, so that a training on one machine is the same each time.

    Intel's processors with instructions for float16 have tiles, too. Where a virtual machine hides
    those, what is left multiplies vectors of bfloat16 at two thirds of the speed of float32.
    """
    if not computes(device, torch.bfloat16):
        return False
    return device != "cpu" or _has(TILES) or not (_has(HALVES) and _is_intel())


def computes(device: str, dtype: torch.dtype) -> bool:
    """RETURNS (bool): Whether a device computes in a type in hardware. A processor that does not
    have bfloat16 converts back and forth and is slower than in float32; so may be one of which
    torch does not know, and processors other than x86 were not measured."""
    if dtype is torch.float32:
        return True
    if device == "cuda":
        return dtype is torch.float16 or torch.cuda.is_bf16_supported(including_emulation=False)
    # products in bfloat16 are oneDNN's; torch's own are loops
    has_products = device == "cpu" and torch.backends.mkldnn.is_available()
    return has_products and dtype is torch.bfloat16 and (_has(VECTORS) or _has(TILES))


def computes_in(config: Mapping[str, Any]) -> str | None:
    """RETURNS (str | None): What the transformers of a config would compute in where models are
    made now, and predict in where that is another type, and whether it is slow there; None: there
    is none of ours, or no precision that is known."""
    device = get_torch_default_device().type
    asked = [one.get("precision", "float32") for one in find_transformers(config)]
    found = dict.fromkeys(_describe(one, device) for one in asked if one in PRECISIONS)
    return ", ".join(found) or None


def processors_bfloat16() -> str:
    """RETURNS (str): By which instructions the processor computes in bfloat16, as torch names them,
    and whether they are slow; "none": it does not."""
    if not computes("cpu", torch.bfloat16):
        return "none"
    names = ", ".join(one for one in (TILES, VECTORS) if _has(one))
    return f"{names}{_remark('cpu', torch.bfloat16)}"


def multiplies_tiles(device: str, dtype: torch.dtype) -> bool:
    """RETURNS (bool): Whether a device has tiles of a matrix to multiply a type by (AMX). Its
    products are so fast that preparing the weights for each takes longer than they do, unless they
    have many rows. Not asked is whether oneDNN was told to use no tiles (ONEDNN_MAX_CPU_ISA)."""
    return device == "cpu" and dtype is torch.bfloat16 and _has(TILES)


def name_of(dtype: torch.dtype) -> str:
    """RETURNS (str): A type as a config names it."""
    return str(dtype).removeprefix("torch.")


def require_precision(precision: str) -> None:
    """RAISES (ConfigValidationError): If the precision of a config is not known."""
    if precision not in PRECISIONS:
        raise ConfigValidationError(
            title="Unknown precision",
            desc="[components.transformer.model] precision: expected one of "
            f"{', '.join(PRECISIONS)}, got {precision!r}",
        )


def _describe(precision: str, device: str) -> str:
    trained, predicted = resolve(precision, device), predicts_in(precision, device)
    other = "" if predicted == name_of(trained) else f" (evaluations in {predicted})"
    return f"{name_of(trained)}{_remark(device, trained)}{other}"


def _remark(device: str, dtype: torch.dtype) -> str:
    is_slow = dtype is torch.bfloat16 and not is_faster_in_bfloat16(device)
    return " (slower than float32)" if is_slow else ""


def _has(capability: str) -> bool:
    ask = getattr(torch.cpu, "get_capabilities", None)
    if ask is not None:
        return bool(ask().get(capability, False))
    return bool(getattr(torch.cpu, FORMER_NAMES.get(capability, ""), bool)())


def _is_intel() -> bool:
    ask = getattr(torch.cpu, "get_capabilities", None)
    return ask is not None and "intel" in str(ask().get("cpu_name", "")).lower()
