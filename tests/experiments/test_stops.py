from dataclasses import replace
from pathlib import Path

import pytest

from adaptive_spacy.experiments.grid import read_grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.runner import check_jobs
from adaptive_spacy.experiments.stops import require_same_rounds
from tests.conftest import ROOT

GRIDS = sorted((ROOT / "configs" / "experiments").glob("*.yml"))
#: Rounds of adaptive.cfg, see there
BOUNDED = "epochs 1.0, times 1, least 8, most 500, dev yes"
EPOCHS = "epochs 1.0, times 1, least null, most null, dev null"


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def make_job(approach: str, config: str, **settings: object) -> Job:
    first = next(read_grid(ROOT / "configs" / "experiments" / "small.yml").jobs())
    dotted = {key.replace("__", "."): value for key, value in settings.items()}
    return replace(first, approach=approach, config=f"configs/{config}.cfg", settings=dotted)


def as_long_as(approach: str, config: str, key: str, **settings: object) -> Job:
    job = make_job(approach, config, **settings)
    return replace(job, settings={**job.settings, key: {"stop_of": "adaptive"}})


@pytest.mark.parametrize("path", GRIDS, ids=lambda path: path.stem)
def test_grids_of_the_project_count_the_same_rounds(path: Path) -> None:
    jobs = list(read_grid(path).jobs())
    for job in {one.approach: one for one in jobs}.values():
        require_same_rounds(job, jobs)


@pytest.mark.parametrize(
    ("config", "key", "own"),
    [
        # 20 epochs would be as many as the rounds of 8 updates
        ("stable", "training.max_steps.times", EPOCHS),
        ("hybrid", "variables.total", BOUNDED.replace("least 8", "least 9")),
    ],
)
def test_rounds_of_another_length_are_refused(config: str, key: str, own: str) -> None:
    settings = {"training__eval_frequency__least": 9} if config == "hybrid" else {}
    jobs = [make_job("adaptive", "adaptive"), as_long_as("other", config, key, **settings)]
    with pytest.raises(ValueError, match=r"^approaches\.other\.settings: ") as error:
        check_jobs(jobs, planned=True)
    assert str(error.value) == (
        f"approaches.other.settings: {key}: expected rounds like those of adaptive, which stop_of "
        f"counts ({BOUNDED}), got others ({own}): bound both alike in [training.eval_frequency], "
        "or neither"
    )


def test_rounds_that_both_count_alike_are_taken() -> None:
    none: dict[str, object] = {
        f"training__eval_frequency__{one}": None for one in ("least", "most", "dev")
    }
    check_jobs(
        [make_job("adaptive", "adaptive"), as_long_as("h", "hybrid", "variables.total")],
        planned=True,
    )
    unbounded = make_job("adaptive", "adaptive", **none)
    stable = as_long_as("stable", "stable", "training.max_steps.times")
    check_jobs([unbounded, stable], planned=True)
    hundred = {"training__eval_frequency": 100}
    check_jobs(
        [
            make_job("adaptive", "adaptive", **hundred),
            as_long_as("again", "adaptive", "training.max_epochs", **hundred),
        ],
        planned=True,
    )
