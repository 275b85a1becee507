"""What training in half precision does to F1, on a processor that does not have it.

    python -m benchmarks.quality.emulated --output runs/emulated --corpus corpus/wikigold \\
        --fraction 0.1

The jobs `stable`, `bfloat16` and `float16` of configs/experiments/precision.yml. Products of half
precision are computed as hardware does: factors rounded, summed in float32, the sum rounded. The
seconds say nothing. The records stay apart from those of a sweep, in which such a job is float32.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import torch
import typer
from thinc.shims.pytorch_grad_scaler import PyTorchGradScaler
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only
from tqdm import tqdm

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.experiments.axes import replace_axes
from adaptive_spacy.experiments.grid import read_grid
from adaptive_spacy.experiments.records import read_record, write_record
from adaptive_spacy.experiments.run_job import run_job
from adaptive_spacy.training.calibration import percent

GRID = Path("configs/experiments/precision.yml")
APPROACHES = ["stable", "bfloat16", "float16"]
HALVES = (torch.bfloat16, torch.float16)
PRODUCTS = frozenset(
    {
        torch.ops.aten.mm.default,
        torch.ops.aten.addmm.default,
        torch.ops.aten.bmm.default,
        torch.ops.aten.baddbmm.default,
        torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default,
    }
)


class HalfProducts(TorchDispatchMode):
    """A context in which products of half precision are computed in float32 and rounded. torch
    does the same in software, but many times as slowly."""

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = (args, kwargs or {})
        half = next((dtype for dtype in map(dtype_of, args) if dtype in HALVES), None)
        if half is not None and func in PRODUCTS:
            args, kwargs = cast(given, half, torch.float32)
            return cast(func(*args, **kwargs), torch.float32, half)
        return func(*args, **given[1])


def dtype_of(value: Any) -> torch.dtype | None:
    """RETURNS (torch.dtype | None): Of a tensor; None: it is something else."""
    return value.dtype if isinstance(value, torch.Tensor) else None


def cast(values: Any, old: torch.dtype, new: torch.dtype) -> Any:
    """RETURNS (Any): The same, with the tensors of one type in another."""
    return tree_map_only(torch.Tensor, lambda one: one.to(new) if one.dtype is old else one, values)


@contextmanager
def emulation() -> Iterator[None]:
    """A context in which a processor computes in every precision."""
    autocast = torch.autocast

    def on_processor(device_type: str, dtype: Any = None, enabled: bool = True) -> torch.autocast:
        # thinc names the device itself when it scales the loss
        return autocast("cpu", dtype or torch.float16, enabled=enabled)

    def scale(self: Any, tensor: torch.Tensor, scales: Any, inplace: bool) -> torch.Tensor:
        # as thinc's own, which asks for a tensor of a GPU
        return tensor.mul_(self._scale) if inplace else tensor * self._scale

    with (
        patch("adaptive_spacy.transformer.dtypes.computes", lambda device, dtype: True),
        patch("torch.autocast", on_processor),
        patch.object(PyTorchGradScaler, "_scale_tensor", scale),
        HalfProducts(),
    ):
        yield


@one_line_errors()
def main(
    output: Annotated[Path, typer.Option(help="Gets a folder per job; what is there is kept.")],
    corpus: Annotated[list[str], typer.Option(help="Folder of the three splits.")],
    fraction: Annotated[list[float], typer.Option(help="Shares of train and dev.")],
    approach: Annotated[list[str], typer.Option(help="Of the grid.")] = APPROACHES,
    seed: Annotated[list[int], typer.Option(help="Seeds.")] = [1, 2, 3],  # noqa: B006
    threads: Annotated[int, typer.Option(help="Of each job.")] = 1,
) -> None:
    """Train each job that has no record and print its test F1."""
    grid = replace_axes(
        read_grid(GRID),
        approaches=approach,
        datasets=corpus,
        fractions=fraction,
        seeds=seed,
        threads=threads,
    )
    with emulation():
        for job in tqdm(list(grid.jobs()), unit="job"):
            folder = output / job.folder()
            record = read_record(folder)
            if record is None:
                record = run_job(job, folder)
                write_record(folder, record)
            if record["status"] != "done":
                raise ValueError(f"{job.name}: {record['reason']}")
            tqdm.write(f"{job.name}: test F1 {percent(record['results']['last']['test']['f1'])}")


if __name__ == "__main__":
    typer.run(main)
