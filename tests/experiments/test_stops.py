from dataclasses import replace

import pytest

from adaptive_spacy.experiments.grid import read_grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.runner import check_jobs
from adaptive_spacy.experiments.stops import require_same_rounds
from tests.conftest import ROOT

GRIDS = sorted((ROOT / "configs" / "experiments").glob("*.yml"))
#: Rounds of adaptive.cfg, see there
BOUNDED = "(epochs 1.0, times 1, least 8, most 500, dev yes)"
EPOCHS = "(epochs 1.0, times 1, least null, most null, dev null)"
NO_BOUNDS = {f"training__eval_frequency__{one}": None for one in ("least", "most", "dev")}


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


def test_grids_of_the_project_count_the_same_rounds() -> None:
    checked = set()
    for path in GRIDS:
        jobs = list(read_grid(path).jobs())
        for job in {one.approach: one for one in jobs}.values():
            require_same_rounds(job, jobs)
            checked |= {(path.stem, job.approach)} if job.needs else set()
    assert checked == {
        ("ablation", "hybrid"),
        ("ablation", "stable-as-long"),
        ("small", "hybrid"),
        ("train-on-dev", "hybrid"),
        ("train-on-dev", "hybrid-with-dev"),
    }


@pytest.mark.parametrize(
    ("config", "key", "settings", "where"),
    [
        # 20 epochs would be as many as the rounds of 8 updates
        ("stable", "training.max_steps.times", {}, f"max_steps {EPOCHS}"),
        # bounds of the evaluations do not bound the length
        (
            "stable",
            "training.max_steps.times",
            {"training__eval_frequency__least": 8, "training__eval_frequency__most": 500},
            f"max_steps {EPOCHS}",
        ),
        ("stable", "training.max_epochs", {}, f"max_epochs {EPOCHS}"),
        ("stable", "training.max_steps", {}, "max_steps (1 updates)"),
        ("adaptive", "training.patience", {}, "patience (1 updates)"),
        # so many epochs, and that twenty times
        (
            "stable",
            "training.max_steps.epochs",
            {},
            f"max_steps {EPOCHS.replace('times 1', 'times 20')}",
        ),
        (
            "hybrid",
            "variables.total",
            {"training__eval_frequency__least": 9},
            f"max_steps {BOUNDED.replace('least 8', 'least 9')}",
        ),
        # the schedule's rounds are others than those of its length
        (
            "hybrid",
            "variables.total",
            {"training__max_steps__least": 9},
            f"max_steps {BOUNDED.replace('least 8', 'least 9')}",
        ),
    ],
)
def test_rounds_of_another_length_are_refused(
    config: str, key: str, settings: dict[str, object], where: str
) -> None:
    jobs = [make_job("adaptive", "adaptive"), as_long_as("other", config, key, **settings)]
    with pytest.raises(ValueError, match=r"^approaches\.other\.settings: ") as error:
        check_jobs(jobs, planned=True)
    assert str(error.value) == (
        f"approaches.other.settings: {key}: expected rounds like those of adaptive, which stop_of "
        f"counts, in its [training] eval_frequency {BOUNDED}; got others, in [training] {where}"
    )


@pytest.mark.parametrize(
    ("config", "key", "of_source", "own"),
    [
        ("hybrid", "variables.total", {}, {}),
        ("hybrid", "variables.total", NO_BOUNDS, NO_BOUNDS),
        # what steps.v1 takes for the same
        ("hybrid", "variables.total", {"training__eval_frequency__epochs": 1}, {}),
        (
            "stable",
            "training.max_steps.times",
            {**NO_BOUNDS, "training__eval_frequency__least": 1},
            {},
        ),
        ("stable", "training.max_epochs", NO_BOUNDS, {}),
        ("stable", "training.max_steps.epochs", NO_BOUNDS, {"training__max_steps__times": 1}),
        (
            "stable",
            "training.max_steps.times",
            {"training__eval_frequency__dev": None},
            {"training__max_steps__least": 8, "training__max_steps__most": 500},
        ),
    ],
)
def test_rounds_that_both_count_alike_are_taken(
    config: str, key: str, of_source: dict[str, object], own: dict[str, object]
) -> None:
    source = make_job("adaptive", "adaptive", **of_source)
    check_jobs([source, as_long_as("other", config, key, **own)], planned=True)
