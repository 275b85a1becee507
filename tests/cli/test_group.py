"""The door that all commands go through: faults in one line, neutral output, a clean end."""

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli._group import NeutralStream
from adaptive_spacy.cli._util import TRACEBACK
from adaptive_spacy.cli.app import app
from tests.conftest import SENTENCES, write_corpus


def convert(*arguments: str, **options):
    return CliRunner().invoke(app, ["convert", *arguments], **options)


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("a.conll").write_text("Ada B-PER\nsings O\n")
    return "a.conll"


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("adaptive_spacy.data.convert.convert", fail)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("one\ntwo"), "✘ one two"),
        (FileExistsError(17, "File exists", "x"), "✘ x: file exists; expected a folder, or a path"),
        (OSError(28, "No space left on device", "x"), "✘ x: no space left on device; make room"),
        (OSError("odd"), "✘ odd"),
        (MemoryError(), "✘ the memory is not enough"),
        (ValueError("a\x1b]0;title\x07\u202eb"), "✘ a\\x1b]0;title\\x07\\u202eb"),
    ],
)
def test_fault_is_one_line(text: str, monkeypatch, error, line: str) -> None:
    fail_with(monkeypatch, error)
    result = convert(text, "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_bug_is_called_one_and_keeps_its_traceback_on_demand(text: str, monkeypatch) -> None:
    fail_with(monkeypatch, KeyError("x"))
    result = convert(text, "out", env={TRACEBACK: "0"})
    assert result.exit_code == 1
    assert re.fullmatch(
        r"✘ a bug, not a fault of yours: KeyError: 'x' \(test_group.py:\d+\); please report it "
        rf"with what the same command shows under {TRACEBACK}=1\n",
        result.stderr,
    )
    assert isinstance(convert(text, "out", env={TRACEBACK: "1"}).exception, KeyError)


def test_bug_outside_of_a_block_is_found_too(text: str, monkeypatch) -> None:
    def fail(summary):
        raise KeyError("x")

    monkeypatch.setattr("adaptive_spacy.cli.convert._print", fail)
    assert "a bug" in convert(text, "out", env={TRACEBACK: "0"}).stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_by_a_signal_it_leaves_no_file(text: str, monkeypatch, number: int) -> None:
    def end(*_):
        assert any(name.startswith(".out-") for name in os.listdir())
        signal.raise_signal(number)

    monkeypatch.setattr("adaptive_spacy.data.convert.publish", end)
    # who starts the tests may ignore one, as nohup does
    former = signal.signal(number, signal.SIG_DFL)
    try:
        assert convert(text, "out").exit_code == 128 + number
        assert os.listdir() == [text]
        # afterwards the signal means what it did
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, former)


def test_convert_killed_politely_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("Ada B-PER\nsings O\n\n" * 20_000)
    program = (
        "import os, signal, adaptive_spacy.data.convert as convert\n"
        "from adaptive_spacy.cli.app import app\n"
        "convert.publish = lambda *_: os.kill(os.getpid(), signal.SIGTERM)\n"
        "app(['convert', 'a.conll', 'out'])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True)
    assert done.returncode == 128 + signal.SIGTERM
    assert [path.name for path in tmp_path.iterdir()] == ["a.conll"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain é 💥\n\ttext\n", "plain é 💥\n\ttext\n"),
        ("\x1b[38;5;2m✔ good\x1b[0m", "\x1b[38;5;2m✔ good\x1b[0m"),
        ("\x1b[31;1mred\x1b[m", "\x1b[31;1mred\x1b[m"),
        ("\r 50%|###\r", "\r 50%|###\r"),
        ("\x1b[A", "\x1b[A"),
        ("a\rb", "a\\rb"),
        ("\x1b[2J\x1b[8mhidden", "\\x1b[2J\\x1b[8mhidden"),
        ("\x1b]8;;http://x\x07", "\\x1b]8;;http://x\\x07"),
        ("\x9b31m \u202e \u2066 \u200b \ud800", "\\x9b31m \\u202e \\u2066 \\u200b \\ud800"),
    ],
)
def test_stream_shows_controls_instead_of_obeying_them(written: str, shown: str) -> None:
    stream = io.StringIO()
    NeutralStream(stream).writelines([written])
    assert stream.getvalue() == shown


def test_labels_cannot_steer_the_terminal(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    evil = "P\x1b[31m\u202eR"
    write_corpus(
        Path("train.spacy"), [(text, tags.replace("PER", evil)) for text, tags in SENTENCES]
    )
    result = CliRunner().invoke(app, ["stats", "train.spacy"])
    assert result.exit_code == 0
    assert "- P\\x1b[31m\\u202eR" in result.output
    exported = CliRunner().invoke(app, ["export", "train.spacy", "a.jsonl"])
    converted = convert("a.jsonl", "out")
    for output in (result.output, exported.output, converted.output):
        assert "\x1b[31m" not in output
        assert "\u202e" not in output
