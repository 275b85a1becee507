"""Configs, drawn and tried: the check refuses each in one line, or it trains."""

import contextlib
import random
import shutil
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config
from thinc.api import ConfigValidationError
from typer.testing import CliRunner

from adaptive_spacy.cli._util import TRACEBACK
from adaptive_spacy.cli.app import app
from tests.fuzz.commands import judge, limited
from tests.fuzz.values import spoil_settings

#: Updates that a training is given
UPDATES = 2
SECONDS = 60
OURS = "adaptive_spacy."
DIVERGED = "The weights diverged"


@dataclass
class Tried:
    """A config, and what came of it.

    change (str): The line that was changed.
    outcome (str): "refused" by the check, or "trained".
    fault (str): What is wrong; nothing where nothing is.
    """

    number: int
    name: str
    change: str
    outcome: str = ""
    fault: str = ""

    def __str__(self) -> str:
        return f"#{self.number} {self.name}: {self.change}\n{self.fault}"


def fuzz_configs(world: Path, count: int, seed: int) -> Iterator[Tried]:
    """Draw and try configs. Each has a seed of its own, so that one can be run alone.

    YIELDS (Tried): What was tried.
    """
    for number in range(count):
        yield try_config(world, number, seed)


def try_config(world: Path, number: int, seed: int) -> Tried:
    """RETURNS (Tried): The config of a number, checked, and trained for a few updates."""
    draw = random.Random(f"{seed} config {number}")
    shipped = sorted((world / "configs").glob("*.cfg"))
    source = draw.choice(shipped)
    corpus = world / "corpus" / "news"
    text = source.read_text()
    for key, value in (
        ("train", corpus / "train.spacy"),
        ("dev", corpus / "dev.spacy"),
        ("transformer", world / "assets" / "transformer"),
    ):
        text = replace_setting(text, key, f'"{value}"')
    text = text.replace("progress_bar = true", "progress_bar = false")
    changes = []
    for _ in range(draw.choice((1, 1, 1, 2))):
        text, change = spoil_settings(text, draw)
        changes.append(change)
    tried = Tried(number, source.stem, " and ".join(changes))
    box = world.parent / "box"
    shutil.rmtree(box, ignore_errors=True)
    box.mkdir()
    path = box / "config.cfg"
    path.write_text(text)
    with contextlib.chdir(box), limited(SECONDS):
        check(tried, path, with_forecast=draw.random() < 0.2)
        if not tried.fault:
            learn(tried, path)
    return tried


def replace_setting(text: str, key: str, value: str) -> str:
    """RETURNS (str): The config with another value of a key, where it stands first."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{key} = "))
    lines[at] = f"{key} = {value}"
    return "\n".join(lines) + "\n"


def check(tried: Tried, path: Path, *, with_forecast: bool) -> None:
    """Run `adaptive-spacy check`."""
    arguments = ["check", str(path), *([] if with_forecast else ["--no-forecast"])]
    result = CliRunner().invoke(app, arguments, env={TRACEBACK: "1"})
    tried.fault = judge(result)
    tried.outcome = "refused" if result.exit_code else "trained"


def learn(tried: Tried, path: Path) -> None:
    """Train as `spacy train` does. What the check lets pass must train; what it refuses may break
    off in spaCy's own words, but not in a block of ours."""
    update = Language.update
    made = 0

    def count(*args: Any, **kwargs: Any) -> Any:
        nonlocal made
        losses = update(*args, **kwargs)
        made += 1
        if made >= UPDATES:
            raise Enough
        return losses

    try:
        with (
            patch.object(Language, "update", count),
            contextlib.redirect_stdout(None),
            contextlib.redirect_stderr(None),
        ):
            config = load_config(path, interpolate=False)
            train(init_nlp(config), None, stdout=Sink(), stderr=Sink())
    except (Enough, SystemExit, ConfigValidationError):
        return
    except Exception as error:
        if DIVERGED in str(error):
            # which no check can foresee
            tried.outcome = "diverged"
            return
        ours = any(
            "adaptive_spacy" in one.filename for one in traceback.extract_tb(error.__traceback__)
        )
        if tried.outcome == "trained" or (ours and OURS in tried.change):
            tried.fault = "".join(traceback.format_exception(error)[-10:])


class Enough(BaseException):
    pass


class Sink:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass
