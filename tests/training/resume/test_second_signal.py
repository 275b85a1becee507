"""A second Ctrl-C or SIGTERM ends the command at once, whatever it is writing; what was whole stays
whole, and the training goes on from there."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy import files as writing
from adaptive_spacy.cli.app import app
from adaptive_spacy.training.resume import snapshots
from adaptive_spacy.training.resume.snapshots import Snapshots
from tests.tiers import sliced
from tests.training.resume.trainings import check_models, files, history, make_config

SIGNALS = sliced([signal.SIGTERM], of=[signal.SIGTERM, signal.SIGINT])


def arguments(config: Path, output: Path) -> list[str]:
    return ["train", str(config), "--output", str(output), "--save-steps", "1", "--resume"]


def run_forked(task: Callable[[], None], log: Path) -> int:
    """RETURNS (int): The exit code of a process of its own, with all that it printed in a file."""
    process = os.fork()
    if process == 0:
        code = 99
        try:
            descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            # pytest's are in the place of the process's own
            sys.stdout = sys.stderr = os.fdopen(descriptor, "w")
            sys.__stderr__ = sys.stderr
            # what is started in the background may ignore it
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            task()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 98
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def signalled_while(module: object, name: str, at: int, number: int) -> Callable[[], None]:
    """RETURNS (Callable): Has a function of a module send the process a signal twice before its
    call of that number does anything, and say when it is called afterwards."""
    known, count = getattr(module, name), 0

    def sending(*args: object, **options: object) -> object:
        nonlocal count
        count += 1
        if count == at:
            signal.raise_signal(number)
            signal.raise_signal(number)
            print("it went on", flush=True)
        return known(*args, **options)

    return lambda: setattr(module, name, sending)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("module", "name", "at", "saved"),
    [
        # the fourth snapshot, before its arrays; the third is the last that is whole
        (snapshots, "save_file", 4, 2),
        # its manifest
        (snapshots, "_describe", 5, 3),
        # the model of the third evaluation, written and not yet in its place
        (writing, "_put_in_place", 11, None),
    ],
)
def test_second_signal_ends_at_once_while_something_is_written(
    number: int, module: object, name: str, at: int, saved: int | None, tmp_path: Path
) -> None:
    config = make_config(tmp_path, [0.0, 0.3, 0.1, 0.4, 0.2, 0.5, 0.1, 0.1, 0.1])
    whole, output, log = tmp_path / "whole", tmp_path / "out", tmp_path / "log.txt"
    assert CliRunner().invoke(app, arguments(config, whole)).exit_code == 0
    send = signalled_while(module, name, at, number)

    def task() -> None:
        send()
        app(arguments(config, output), prog_name="adaptive-spacy")

    assert run_forked(task, log) == 128 + number
    text = log.read_text()
    assert f"{signal.Signals(number).name}: ends after this step; once more ends it at once" in text
    assert "it went on" not in text
    # what was being written is there in part, and nothing takes it for whole
    assert any(one.name.endswith(".part") for one in output.rglob(".*"))
    assert check_models(output, whole, had_best=True)
    found = Snapshots(output / "resume").read()
    assert found is not None
    assert saved in (None, found[1]["loop"]["step"])
    result = CliRunner().invoke(app, arguments(config, output))
    assert result.exit_code == 0, result.output
    assert f"Going on after step {found[1]['loop']['step']}" in result.output
    assert history(output) == history(whole)
    for model in ("model-best", "model-last"):
        assert files(output / model) == files(whole / model)
    assert not any(one.name.endswith(".part") for one in output.rglob(".*"))
