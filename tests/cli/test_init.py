"""`adaptive-spacy init` as its user meets it."""

from pathlib import Path

import pytest
from spacy.cli.init_config import init_config
from spacy.util import load_config
from thinc.api import Config
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a config `textcat.cfg`."""
    config = init_config(lang="en", pipeline=["textcat"], silent=True)
    config.to_disk(tmp_path / "textcat.cfg", interpolate=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    """RETURNS (tuple[int, str, str]): Exit code, stdout, stderr."""
    result = CliRunner().invoke(app, ["init", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_init_saves_and_lists_what_it_did(folder: Path) -> None:
    code, out, err = run("textcat.cfg", "out/new.cfg", "--monitor", "cats_macro_f", "--rate", "0.1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("✔ [training.optimizer.learn_rate] adaptive_spacy.adaptive.v1")
    assert lines[-1] == "✔ Saved to out/new.cfg"
    training = load_config(folder / "out" / "new.cfg")["training"]
    assert training["before_update"]["monitor"] == {"cats_macro_f": 1.0}
    assert training["optimizer"]["learn_rate"]["rate"] == 0.1


def test_init_prints_a_config_and_nothing_else_without_output(folder: Path) -> None:
    code, out, err = run("textcat.cfg")
    assert code == 0
    config = Config().from_str(out, interpolate=False)
    assert config["training"]["batcher"]["@batchers"] == "adaptive_spacy.until_finished.v1"
    assert err.startswith("✔ [training.optimizer.learn_rate]")


def test_init_changes_a_file_in_place_and_nothing_the_second_time(folder: Path) -> None:
    assert run("textcat.cfg", "textcat.cfg")[0] == 1
    assert run("textcat.cfg", "textcat.cfg", "--force")[0] == 0
    once = (folder / "textcat.cfg").read_bytes()
    assert run("textcat.cfg", "textcat.cfg", "--force") == (
        0,
        "✔ The config has all adaptive blocks already\n✔ Saved to textcat.cfg\n",
        "",
    )
    assert (folder / "textcat.cfg").read_bytes() == once


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone.cfg",), "✘ gone.cfg: expected a config of spaCy, found nothing\n"),
        (("textcat.cfg", "--max-epochs", "0"), "✘ --max-epochs: expected a number >= 1, got 0\n"),
        (
            ("textcat.cfg", "--monitor", "a=b"),
            "✘ --monitor: expected METRIC or METRIC=WEIGHT,... such as ents_loss or ents_f=1, got "
            "'a=b'\n",
        ),
    ],
)
def test_init_says_in_one_line_what_is_wrong(folder: Path, arguments, message) -> None:
    assert run(*arguments) == (1, "", message)


def test_help_keeps_its_brackets() -> None:
    help_text = " ".join(CliRunner().invoke(app, ["init", "--help"]).output.split())
    assert "Default: the main score, [training.score_weights]." in help_text


@pytest.mark.parametrize("rate", ["-1", "0", "nan", "inf", "1e10"])
def test_init_refuses_a_rate_that_means_nothing(folder: Path, rate: str) -> None:
    code, out, err = run("textcat.cfg", "new.cfg", "--rate", rate)
    assert (code, out) == (1, "")
    assert err == f"✘ --rate: expected a number > 0 and <= 10, got {float(rate)}\n"
    assert not (folder / "new.cfg").exists()


@pytest.mark.parametrize("text", ["", "[foo]\na = 1\n", '[nlp]\nlang = "en"\npipeline = []\n'])
def test_file_of_something_else_becomes_no_config(text: str, folder: Path) -> None:
    (folder / "other.cfg").write_text(text)
    code, out, err = run("other.cfg", "new.cfg")
    assert (code, out) == (1, "")
    assert err.startswith("✘ other.cfg: expected a training config with components in [nlp]")
    assert not (folder / "new.cfg").exists()
