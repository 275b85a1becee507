import shutil
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments.axes import replace_axes
from adaptive_spacy.experiments.grid import read_grid
from tests.conftest import ROOT

GRID = """
title: a grid
approaches: {original: {config: configs/original.cfg}, stable: {config: configs/stable.cfg}}
datasets: {news: {path: corpus/nowhere}}
models: {tiny: bert-base-cased}
fractions: [0.5, 1]
seeds: [1, 2]
"""


@pytest.fixture
def grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    path = tmp_path / "grid.yml"
    path.write_text(GRID)
    return path


def sweep(grid: Path, *options: str):
    output = str(grid.parent / "runs")
    return CliRunner().invoke(app, ["sweep", str(grid), "--output", output, *options])


def test_sweep_dry_run_shows_the_jobs_and_makes_nothing(grid: Path) -> None:
    result = sweep(grid, "--dry-run", "--seeds", "1,3-5", "--fractions", "0.1", "--models", "a,b")
    assert result.exit_code == 0, result.output
    assert "16 jobs, 0 with a record, 16 to run" in result.output
    assert "1, 3, 4, 5" in result.output
    assert not (grid.parent / "runs").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "datasets.news: expected corpus/nowhere/train.spacy, or a folder train of its shards"),
        *(
            ([option, text], f"{option}: expected names or numbers divided by commas, got {text!r}")
            for option in ("--seeds", "--labels", "--fractions", "--models", "--approaches")
            # a variable of the shell that is not set
            for text in ("", " ", "1,,2")
        ),
        (["--datasets", ""], "--datasets: expected names or numbers divided by commas, got ''"),
        (["--seeds", "1-"], "--seeds: expected numbers such as 1,2,3 or 1-5, got 1-"),
        (["--seeds", "2-1"], "--seeds: expected numbers such as 1,2,3 or 1-5, got 2-1"),
        (["--seeds", "1-99999999"], "--seeds: expected at most 10,000, got 1-99999999"),
        (["--seeds", "1-9999,1-9999"], "--seeds: expected at most 10,000, got 1-9999,1-9999"),
        (["--seeds", "9" * 5000], "--seeds: expected numbers such as 1,2,3 or 1-5, got 9"),
        (["--seeds", "4294967296"], "command line: seeds.0: Input should be less than 4294967296"),
        (
            ["--seeds", "1-9999", "--models", "a,b,c", "--fractions", "0.1,0.2"],
            "expected at most 100,000 jobs, got 119,988: 2 approaches x 3 pairs of data set and "
            "model x 2 fractions x 9,999 seeds",
        ),
        (["--threads", "5000"], "command line: threads: Input should be less than or equal to"),
        (["--fractions", "nan"], "command line: fractions.0: Input should be"),
        (["--datasets", "a/news,b/news"], "--datasets: expected different names, got two for news"),
        (["--seeds", "1,1"], "command line: seeds: expected each value once, found 1 twice"),
        (["--fractions", "half"], "--fractions: expected numbers such as 0.1,1, got half"),
        (["--fractions", "2"], "command line: fractions.0: Input should be less than or equal"),
        (["--approaches", "best"], "--approaches: expected some of original, stable or the path"),
        (["--checkpoints", "all"], "--checkpoints: expected dropped or kept, got all"),
    ],
)
def test_sweep_says_faults_in_one_line(options: list[str], message: str, grid: Path) -> None:
    result = sweep(grid, *options)
    assert result.exit_code == 1
    assert result.output.startswith("✘ ")
    assert message in result.output
    assert result.output.count("\n") == 1
    assert not (grid.parent / "runs").exists()


def test_unknown_language_is_refused_before_the_first_job(grid: Path) -> None:
    result = sweep(grid, "--datasets", "mine:zz", "--dry-run")
    assert result.exit_code == 1
    assert result.output == (
        "✘ command line: datasets.mine.lang: expected the code of a language of spaCy, such as en, "
        "or xx for any, got 'zz'\n"
    )


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ("nlp.lang: zz", "approaches.stable: [nlp] lang: expected the code of a language of spaCy"),
        ("training.nothing.here: 1", "approaches.stable: configs/stable.cfg: expected a config"),
        ("training.dropout: abc", "approaches.stable: [training] dropout: expected a number"),
        (
            "components.transformer_ner.typo: 1",
            "approaches.stable: configs/stable.cfg: expected a config that spaCy can build a "
            "pipeline of; Config error for 'transformer_ner'",
        ),
        (
            "training.eval_frequency.typo: 1",
            "approaches.stable: configs/stable.cfg: expected a config that spaCy can build a "
            "pipeline of; Config error for 'adaptive_spacy.steps.v1'",
        ),
    ],
)
def test_dry_run_refuses_settings_that_the_run_would(setting: str, fault: str, grid: Path) -> None:
    """Though the corpus is not there yet."""
    known = "stable: {config: configs/stable.cfg"
    grid.write_text(GRID.replace(known, f"{known}, settings: {{{setting}}}"))
    result = sweep(grid, "--dry-run")
    assert result.exit_code == 1
    assert result.output.startswith(f"✘ {fault}")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_output_is_no_file(dry: list[str], grid: Path) -> None:
    (grid.parent / "runs").write_text("mine")
    result = sweep(grid, *dry)
    assert result.exit_code == 1
    assert result.output == (
        f"✘ --output: expected a folder for the jobs, got the file {grid.parent / 'runs'}\n"
    )


def test_dry_run_counts_the_sentences_that_are_there(grid: Path, corpus_folder: Path) -> None:
    folder = Path(shutil.copytree(corpus_folder, grid.parent / "mine"))
    options = ["--dry-run", "--datasets", str(folder), "--labels", "2,100000"]
    assert sweep(grid, *options).exit_code == 0
    shutil.copy(folder / "dev.spacy", folder / "test.spacy")
    result = sweep(grid, *options)
    assert result.exit_code == 1
    assert result.output.startswith("✘ labels: expected at most the ")


@pytest.mark.parametrize(
    ("given", "name", "path", "lang"),
    [
        ("my folder", "my-folder", "my folder", "en"),
        ("données:fr", "donn-es", "données", "fr"),
        (".hidden", "hidden", ".hidden", "en"),
        ("a:b", "a-b", "a:b", "en"),
        ("corpus/x:sv", "x", "corpus/x", "sv"),
    ],
)
def test_data_set_is_named_after_its_folder(
    given: str, name: str, path: str, lang: str, grid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (grid.parent / "a:b").mkdir()
    monkeypatch.chdir(grid.parent)
    found = replace_axes(read_grid(grid), datasets=[given]).datasets
    assert [(key, one.path, one.lang) for key, one in found.items()] == [(name, path, lang)]


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ([], None),
        (["--ray"], ""),
        (["--ray", "--dry-run"], ""),
        (["--ray", "auto"], "auto"),
        (["--ray", "local", "--dry-run"], "local"),
        (["--ray", "10.0.0.1:6379"], "10.0.0.1:6379"),
        (["--ray=ray://head:10001"], "ray://head:10001"),
    ],
)
def test_ray_may_stand_without_an_address(arguments: list[str], address: str | None) -> None:
    command = get_command(app).commands["sweep"]
    for given in (["g.yml", "--output", "o", *arguments], [*arguments, "--output", "o", "g.yml"]):
        read = command.make_context("sweep", list(given)).params
        # typer 0.16 makes paths of them after this
        assert (read["ray"], *map(str, (read["grid"], read["output"]))) == (address, "g.yml", "o")
    assert read["dry_run"] == ("--dry-run" in arguments)


def test_grid_may_follow_ray() -> None:
    command = get_command(app).commands["sweep"]
    read = command.make_context("sweep", ["--output", "o", "--ray", "g.yml"]).params
    assert (read["ray"], str(read["grid"])) == ("", "g.yml")


def test_sweep_without_ray_says_what_to_install(
    grid: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for split in ("train", "dev", "test"):
        (tmp_path / f"{split}.spacy").touch()
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "adaptive_spacy.experiments.cluster", raising=False)
    result = sweep(grid, "--ray", "local", "--datasets", str(tmp_path))
    assert result.exit_code == 1
    assert '✘ --ray needs Ray: pip install "adaptive-spacy[ray]"' in result.output
