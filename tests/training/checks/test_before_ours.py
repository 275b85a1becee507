"""Faults at which spaCy breaks off before it calls anything of ours.

`spacy train` ends in a traceback there: its own code seeds, imports the language and writes the
config before it resolves a callback. These tests pin that, so that a spaCy which lets us say it is
noticed, and show that each of our commands says it in one line.
"""

import math
from pathlib import Path
from typing import Any

import pytest
from spacy.training.initialize import init_nlp
from spacy.util import load_config
from thinc.api import ConfigValidationError
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.conftest import ROOT
from tests.trainings import overrides

# what is set in adaptive.cfg, what spaCy raises, and what our commands say
FAULTS: dict[str, tuple[str, Any, Any, str]] = {
    "seed that is no whole number": (
        "training.seed",
        1.5,
        TypeError,
        "[training] seed: expected a whole number >= 0 and <= 4294967295 or null, got 1.5",
    ),
    "seed of 100 bits": (
        "system.seed",
        10**30,
        # srsly's ujson returns without its own error, or with it
        (SystemError, ValueError),
        "[training] seed: expected a whole number >= 0 and <= 4294967295 or null, got 1" + "0" * 30,
    ),
    "language": (
        "nlp.lang",
        "zz",
        ImportError,
        "[nlp] lang: expected the code of a language of spaCy, such as en, or xx for any, got 'zz'",
    ),
    "NaN in the training": (
        "training.optimizer.grad_clip",
        math.nan,
        ValueError,
        "[training.optimizer] grad_clip: expected a number >= 0, got nan",
    ),
    "infinity in a component": (
        "components.transformer_ner.class_weights",
        {"O": math.inf},
        ValueError,
        "[components.transformer_ner.class_weights] O: expected a finite number, got inf",
    ),
}


@pytest.fixture
def config(request, corpus_folder, transformer_folder, tmp_path: Path) -> Path:
    """adaptive.cfg with one fault, in a file."""
    key, value, *_ = FAULTS[request.param]
    settings = {**overrides(corpus_folder, transformer_folder), key: value}
    load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings).to_disk(
        tmp_path / "faulty.cfg", interpolate=False
    )
    return tmp_path / "faulty.cfg"


@pytest.mark.parametrize(
    ("config", "raised"), [(name, FAULTS[name][2]) for name in FAULTS], indirect=["config"]
)
def test_spacy_breaks_off_without_our_check(config: Path, raised: Any, monkeypatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("called: the fault could be said in one line now")

    monkeypatch.setattr("adaptive_spacy.training.checks.config.find_faults", refuse)
    with pytest.raises(raised) as caught:
        init_nlp(load_config(config))
    # which `spacy train` would print as a message
    assert not isinstance(caught.value, ConfigValidationError)


@pytest.mark.parametrize(
    ("config", "line"), [(name, FAULTS[name][3]) for name in FAULTS], indirect=["config"]
)
def test_check_and_init_say_it_in_one_line(config: Path, line: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["check", str(config)])
    assert (done.exit_code, done.stdout.splitlines()[0]) == (1, f"✘ {line}")
    done = CliRunner().invoke(app, ["init", str(config), str(tmp_path / "out.cfg")])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"✘ {config}: {line}")
    assert not (tmp_path / "out.cfg").exists()
