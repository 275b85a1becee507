"""`adaptive-spacy watch`: a thin layer over `report.live.watch`."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.live import watch as module
from tests.report.runs import make_history, write_history


def test_watch_serves_opens_and_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_history(tmp_path / "mine", make_history(3))
    opened: list[str] = []

    def end(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.time, "sleep", end)
    monkeypatch.setattr(module.webbrowser, "open", opened.append)
    result = CliRunner().invoke(app, ["watch", str(tmp_path / "mine")])
    assert result.exit_code == 0, result.output
    assert "Watching on http://127.0.0.1:" in result.output
    # nothing is opened unless somebody asks
    assert opened == []
    result = CliRunner().invoke(app, ["watch", str(tmp_path / "mine"), "--open"])
    assert result.exit_code == 0, result.output
    (address,) = opened
    assert f"Watching on {address} until Ctrl-C" in " ".join(result.output.split())


def test_watch_says_what_is_wrong_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text("no json\n")
    result = CliRunner().invoke(app, ["watch", str(tmp_path)])
    assert result.exit_code == 1
    assert "history.jsonl:1: expected a JSON object" in result.output
    assert CliRunner().invoke(app, ["watch", str(tmp_path), "--port", "65536"]).exit_code == 2


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 0), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)],
)
def test_signal_ends_it_at_once(tmp_path: Path, number: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "adaptive_spacy", "watch", str(tmp_path)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # whoever runs the tests in the background may have had it ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Watching on http://127.0.0.1:")
            process.send_signal(number)
            assert process.wait(timeout=60) == code
        finally:
            process.kill()
