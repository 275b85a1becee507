"""`adaptive-spacy check` as its user meets it."""

from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.conftest import ROOT, SENTENCES, write_corpus

#: What a training with int8 is computed in
INT8 = "float32 (evaluations in int8)"
CONFIG = str(ROOT / "configs" / "adaptive.cfg")


@pytest.fixture
def arguments(tmp_path: Path, transformer_folder: Path, monkeypatch) -> list[str]:
    """Overrides for a sound corpus in the working folder."""
    write_corpus(tmp_path / "train.spacy", SENTENCES * 6)
    write_corpus(tmp_path / "dev.spacy", [("Cleo lives in London .", "B-PER O O B-LOC O")])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    return [
        "--paths.train=train.spacy",
        "--paths.dev",
        "dev.spacy",
        f"--variables.transformer={transformer_folder}",
    ]


def run(*arguments: str) -> tuple[int, str, str]:
    """RETURNS (tuple[int, str, str]): Exit code, stdout, stderr."""
    result = CliRunner().invoke(app, ["check", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_check_forecasts_a_sound_training(arguments: list[str]) -> None:
    code, out, _ = run(CONFIG, *arguments)
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    assert ["steps", "per", "epoch", "3"] in rows
    # 200 steps
    assert any(row[:4] == ["at", "least", "66.7", "epochs,"] for row in rows)
    assert any(row[:2] == ["computes", "in"] and row[2] in ("float32", "bfloat16") for row in rows)
    assert out.startswith("⚠ [corpora.dev] has 1 documents; with fewer than 100 the validation")
    assert out.endswith("✔ Ready to train, 1 warnings\n")


def test_check_shows_errors_and_warnings_apart_and_leaves_with_1(arguments: list[str]) -> None:
    sentences = [*SENTENCES * 6, ("Siri calls", "B-PRODUCT O")]
    write_corpus(Path("train.spacy"), sentences)
    write_corpus(Path("dev.spacy"), SENTENCES[:1])
    code, out, _ = run(CONFIG, *arguments, "--training.max_epochs", "3")
    assert code == 1
    lines = out.splitlines()
    assert [line[0] for line in lines] == ["✘", "✘", "⚠", "⚠", "⚠", "ℹ", "2"]
    assert lines[-1] == "2 errors, 3 warnings; mend the errors before you train"


def test_check_without_forecast_trains_nothing(arguments: list[str], monkeypatch) -> None:
    def refuse(*args, **kwargs):
        raise AssertionError("trained")

    monkeypatch.setattr("adaptive_spacy.training.checks.report.forecast", refuse)
    code, out, err = run(CONFIG, *arguments, "--no-forecast")
    assert (code, err) == (0, "")
    assert out.endswith("✔ Ready to train, 1 warnings\n")


@pytest.mark.parametrize(
    ("options", "has", "expected"),
    [
        (["--no-forecast"], True, "bfloat16"),
        (["--no-forecast"], False, "float32"),
        (["--no-forecast", "--components.transformer.model.precision", "int8"], True, INT8),
        # of the check, and of settings before it
        (["--paths.dev", "train.spacy"], True, "bfloat16"),
        (["--training.dropout", "-1.0"], True, "bfloat16"),
    ],
)
def test_check_without_forecast_says_what_is_computed_in(
    arguments: list[str], options, has: bool, expected: str, monkeypatch
) -> None:
    capabilities = {"avx512_bf16": has}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    _, out, _ = run(CONFIG, *arguments, *options)
    assert f"ℹ The transformer computes in {expected} here" in out.splitlines()
    assert "computes in  " not in out, "no forecast"


def test_check_of_another_transformer_is_silent_about_what_it_computes_in(
    arguments: list[str],
) -> None:
    _, out, _ = run(str(ROOT / "configs" / "ner.cfg"), *arguments, "--no-forecast")
    assert "Ready to train" in out
    assert "computes in" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone.cfg",), "✘ gone.cfg: expected a config of spaCy, found nothing\n"),
        ((CONFIG, "--tolerance", "7"), "✘ --tolerance: expected a number in [0, 1], got 7.0\n"),
        (
            (CONFIG, "--bogus", "7"),
            "✘ --bogus: expected an option of check, or a setting of the config with a dot, e.g. "
            "--paths.train\n",
        ),
    ],
)
def test_check_says_in_one_line_what_is_wrong(arguments, message) -> None:
    assert run(*arguments) == (1, "", message)


def test_number_of_a_gpu_is_one_or_says_the_processor() -> None:
    code, out, err = run(CONFIG, "--gpu-id", "-2")
    assert (code, out) == (2, "")
    assert "greater than or equal to -1" in err


def test_check_says_in_one_line_that_a_setting_is_none() -> None:
    code, out, err = run(CONFIG, "--paths.bogus.deeper", "x")
    assert (code, out) == (1, "")
    assert err.startswith(f"✘ {CONFIG}: ")
    assert err.count("\n") == 1
