"""`kill -9` of a transformer's training, and of the project's command: started again, each ends bit
for bit as an undisturbed one."""

import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import pytest
from spacy.util import load_config

from adaptive_spacy.training.resume.pace import Pace
from adaptive_spacy.training.resume.start import Asked, start
from tests.conftest import ROOT
from tests.training.resume.trainings import check_models, files, history, killed
from tests.trainings import overrides, read

KILLS = 6
MODELS = ("model-best", "model-last")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_transformer_killed_at_random_moments_ends_as_undisturbed(
    corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    config, whole, output = tmp_path / "config.cfg", tmp_path / "whole", tmp_path / "out"
    read(corpus_folder, transformer_folder, training__max_epochs=5).to_disk(config)

    def task(folder: Path) -> partial[int | None]:
        return partial(start, config, folder, [], asked=Asked(resume=True), pace=Pace(steps=2))

    calls = killed(task(whole), None)
    assert calls is not None
    draw, had_best, deaths = random.Random(0), False, 0
    while deaths < KILLS:
        # a new training, once the one before has ended
        ended = killed(task(output), draw.randrange(calls))
        had_best = check_models(output, whole, had_best)
        deaths += ended is None
        if ended is not None:
            assert files(output / "model-last") == files(whole / "model-last")
            output, had_best = output.with_name(f"out-{deaths}"), False
    with redirect_stdout(io.StringIO()):
        start(config, output, [], asked=Asked(resume=True))
    assert history(output) == history(whole)
    for model in MODELS:
        assert files(output / model) == files(whole / model)


def run_project(folder: Path, rows: int | None) -> tuple[int, str]:
    """Run the project's command as users do, in a group of processes.

    rows (int | None): Kill all of it when it has told of so many evaluations; None: it ends.
    RETURNS (tuple): Its exit code and what it said.
    """
    command = [sys.executable, "-m", "spacy", "project", "run", "train"]
    text, seen = "", 0
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            text += line
            cells = line.split()
            seen += len(cells) > 7 and cells[0].isdigit() and cells[1].isdigit()
            if seen == rows:
                os.killpg(process.pid, signal.SIGKILL)
                break
    return process.returncode, text


@pytest.mark.slow
def test_project_that_was_killed_goes_on_when_it_is_run_again(
    corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    (folder / "training").mkdir(parents=True)
    shutil.copytree(corpus_folder, folder / "corpus" / "little")
    shutil.copytree(transformer_folder, folder / "assets" / "transformers" / "tiny")
    settings = overrides(Path("corpus/little"), Path("assets/transformers/tiny"))
    text = (ROOT / "project.yml").read_text(encoding="utf8")
    for variable, value in {"dataset": "little", "transformer": "tiny", "run": "run"}.items():
        text = re.sub(rf'(?m)^  {variable}: ".*"$', f'  {variable}: "{value}"', text)
    (folder / "project.yml").write_text(text, encoding="utf8")
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings)
    config["training"]["max_epochs"] = 12
    config.to_disk(folder / "training" / "run.cfg")
    whole = Path(shutil.copytree(folder, tmp_path / "whole"))
    assert run_project(whole, None)[0] == 0
    for rows in random.Random(0).sample(range(2, 6), 2):
        code, said = run_project(folder, rows)
        assert code == -signal.SIGKILL
    code, said = run_project(folder, None)
    assert code == 0, said
    assert "Going on after step" in said
    output, undisturbed = folder / "training" / "run", whole / "training" / "run"
    assert history(output) == history(undisturbed)
    for model in MODELS:
        assert files(output / model) == files(undisturbed / model)
