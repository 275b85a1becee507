"""A grid of tiny jobs."""

from pathlib import Path

import pytest

from adaptive_spacy.experiments.grid import Grid, read_grid
from adaptive_spacy.experiments.job import Job
from tests.conftest import NOISE, SENTENCES, write_corpus
from tests.experiments import crossfits
from tests.experiments.sweeps import results, run

GRID = """
title: tiny
settings:
  variables.rate: 1e-2
  training.optimizer.learn_rate.warmup: 1
  # an epoch is a round
  training.eval_frequency.least: 1
approaches:
  adaptive:
    config: configs/adaptive.cfg
    settings:
      training.optimizer.learn_rate.cooldown: 2
      # as short as a dozen sentences allow
      training.optimizer.learn_rate.least: 0
  hybrid:
    config: configs/hybrid.cfg
    settings: {{variables.total: {{stop_of: adaptive}}, training.optimizer.learn_rate.cooldown: 2}}
datasets:
  little: {{path: {corpus}}}
models:
  tiny: {transformer}
fractions: [0.5, 1]
seeds: [1, 2]
"""


#: Words in places where the training sentences do not have them
HARD = [
    ("New Ben visits Ray York", "O B-PER O B-PER B-LOC"),
    ("London loves Paris today", "B-LOC O B-LOC O"),
    ("Ray calls Cleo and Ben", "B-PER O B-PER O B-PER"),
    ("it likes York in Ada", "O O B-LOC O B-LOC"),
]


@pytest.fixture(scope="session")
def experiment_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """train.spacy of 16 sentences, dev.spacy of 10, test.spacy of 12, some of them hard."""
    folder = tmp_path_factory.mktemp("experiment") / "little"
    folder.mkdir()
    write_corpus(folder / "train.spacy", SENTENCES * 2)
    write_corpus(folder / "dev.spacy", SENTENCES + NOISE)
    write_corpus(folder / "test.spacy", SENTENCES[::-1] + HARD)
    return folder


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .spacy file of 13 sentences, one of them twice."""
    return write_corpus(
        tmp_path_factory.mktemp("labelled") / "few.spacy", [*SENTENCES, *HARD, SENTENCES[0]]
    )


@pytest.fixture(scope="session")
def grid_file(
    tmp_path_factory: pytest.TempPathFactory, experiment_corpus: Path, transformer_folder: Path
) -> Path:
    """Two approaches, the second with the stop of the first; two fractions, two seeds: 8 jobs."""
    path = tmp_path_factory.mktemp("grid") / "tiny.yml"
    path.write_text(GRID.format(corpus=experiment_corpus, transformer=transformer_folder))
    return path


@pytest.fixture
def grid(grid_file: Path) -> Grid:
    return read_grid(grid_file)


@pytest.fixture
def jobs(grid: Grid) -> list[Job]:
    """Those of the grid on all sentences."""
    return list(grid.model_copy(update={"fractions": [1.0]}).jobs())


@pytest.fixture
def namesakes(grid: Grid) -> list[Job]:
    """Four jobs, the second and the third of one name."""
    data = grid.model_dump()
    (dataset,), (model,) = data["datasets"].values(), data["models"].values()
    data["datasets"] = {"little": dataset, "little-tiny": dataset}
    data["models"] = {"tiny": model, "tiny-tiny": model}
    data |= {"approaches": {"adaptive": data["approaches"]["adaptive"]}}
    jobs = list(Grid.model_validate({**data, "fractions": [1.0], "seeds": [1]}).jobs())
    names = [job.name for job in jobs]
    assert (len(names), names[1]) == (4, names[2])
    return jobs


@pytest.fixture
def in_root(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Work in the folder of the checkout."""
    monkeypatch.chdir(request.config.rootpath)


@pytest.fixture(scope="session")
def undisturbed(grid_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Results of the grid by one sweep of local processes."""
    output = tmp_path_factory.mktemp("runs")
    done = run(grid_file, output, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "8 of 8 jobs are done" in done.stdout
    return results(output)


@pytest.fixture(scope="session")
def crossfitted(
    tmp_path_factory: pytest.TempPathFactory, labelled: Path, transformer_folder: Path
) -> Path:
    """What the command `crossfit` leaves; nobody may change it."""
    folder = tmp_path_factory.mktemp("crossfit") / "few"
    result = crossfits.run(labelled, folder, transformer_folder)
    assert result.exit_code == 0, result.output
    return folder
