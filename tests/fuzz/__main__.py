"""Fuzz the command line and the configs: python -m tests.fuzz --commands 1000 --configs 500."""

import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import typer

from tests.fuzz.commands import fuzz_commands, run_case
from tests.fuzz.configs import fuzz_configs, try_config
from tests.fuzz.world import make_world


def main(
    commands: Annotated[int, typer.Option(min=0, help="Command lines.")] = 1000,
    configs: Annotated[int, typer.Option(min=0, help="Configs.")] = 500,
    seed: Annotated[int, typer.Option(help="Another seed draws others.")] = 0,
    only: Annotated[
        list[str] | None, typer.Option(help="Lines of this command alone; repeatable.")
    ] = None,
    command: Annotated[
        int | None, typer.Option(help="Run the command line of this number.")
    ] = None,
    config: Annotated[int | None, typer.Option(help="Try the config of this number.")] = None,
) -> None:
    """Run damaged command lines and configs; exit code 1 if one ends with a traceback."""
    with TemporaryDirectory() as folder:
        world = make_world(Path(folder) / "world")
        if command is not None:
            print(run_case(world, command, seed, only or ()))
            return
        if config is not None:
            print(try_config(world, config, seed))
            return
        faults = watch("command lines", fuzz_commands(world, commands, seed, only or ()))
        faults += watch("configs", fuzz_configs(world, configs, seed))
    if faults:
        raise typer.Exit(1)


def watch(what: str, cases: Iterable[Any]) -> int:
    """Show faults as they come. RETURNS (int): How many."""
    started, outcomes, faults = time.monotonic(), Counter[Any](), 0
    for case in cases:
        outcomes[getattr(case, "outcome", None) or getattr(case, "exit_code", None)] += 1
        if case.fault:
            faults += 1
            print(case, flush=True)
    counts = ", ".join(f"{key}: {count}" for key, count in sorted(outcomes.items(), key=str))
    seconds = time.monotonic() - started
    print(f"{outcomes.total():,} {what} in {seconds:.0f} s ({counts}): {faults} faults", flush=True)
    return faults


typer.run(main)
