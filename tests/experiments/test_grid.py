import re
from pathlib import Path

import pytest

from adaptive_spacy.config.blocks import find_blocks
from adaptive_spacy.config.names import ADAPTIVE
from adaptive_spacy.experiments.cost import fixed_epochs
from adaptive_spacy.experiments.grid import DECIDED, read_grid
from tests.conftest import ROOT
from tests.experiments.grids import LABELS, MINIMAL, write

TOTAL = "settings: {variables.total"


def test_jobs_are_all_combinations_seed_by_seed(tmp_path: Path) -> None:
    jobs = list(read_grid(write(tmp_path, MINIMAL)).jobs())
    assert len(jobs) == len({job.name for job in jobs}) == 2 * 2 * 2 * 2 * 3
    assert [job.seed for job in jobs] == [1] * 16 + [2] * 16 + [3] * 16
    assert [job.name for job in jobs[:3]] == ["d-m-0.5-a-1", "d-m-0.5-b-1", "d-n-0.5-a-1"]
    last = jobs[-1]
    assert (last.lang, last.corpus, last.transformer) == ("sv", "corpus/e", "other")


def test_combinations_pair_datasets_and_models(tmp_path: Path) -> None:
    grid = read_grid(write(tmp_path, MINIMAL + "combinations: [[d, m], [e, n]]\n"))
    assert grid.pairs() == [("d", "m"), ("e", "n")]
    assert len(list(grid.jobs())) == 2 * 2 * 2 * 3


def test_own_settings_win(tmp_path: Path) -> None:
    text = MINIMAL.replace("b.cfg}", "b.cfg, settings: {variables.rate: 2.0}}")
    grid = read_grid(write(tmp_path, text + "settings: {variables.rate: 1e-5, nlp.lang: sv}\n"))
    settings = {job.approach: job.settings for job in grid.jobs()}
    assert settings["a"] == {"variables.rate": 1e-5, "nlp.lang": "sv"}
    assert settings["b"] == {"variables.rate": 2.0, "nlp.lang": "sv"}


def test_extends_replaces_whole_keys(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL, "base.yml")
    path = write(tmp_path, "extends: base.yml\ntitle: more\nseeds: [7]\n")
    grid = read_grid(path)
    assert (grid.title, grid.seeds, grid.fractions) == ("more", [7], [0.5, 1.0])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: a grid", "", "title: Field required"),
        ("seeds: [1, 2, 3]", "seeds: [1, 2, 1]", "seeds: expected each value once, found 1 twice"),
        ("seeds: [1, 2, 3]", "seeds: []", "seeds: List should have at least 1 item after"),
        ("seeds: [1, 2, 3]", "seeds: [1, x]", "seeds.1: Input should be a valid integer, got 'x'"),
        ("[0.5, 1]", "[0.5, 0]", "fractions.1: Input should be greater than 0, got 0"),
        ("[0.5, 1]", "[1.5]", "fractions.0: Input should be less than or equal to 1, got 1.5"),
        ("{config: a.cfg}", "{konfig: a.cfg}", "approaches.a.config: Field required"),
        (
            "{config: a.cfg}",
            "{config: a.cfg, seting: 1}",
            "approaches.a.seting: Extra inputs are not permitted, got 1",
        ),
        (
            "{config: a.cfg}",
            "{config: a.cfg, settings: {rate: 1}}",
            "approaches.a.settings: rate: expected a dotted key such as variables.rate",
        ),
        (
            "{config: a.cfg}",
            "{config: a.cfg, settings: {variables.total: {stop: b}}}",
            "approaches.a.settings: variables.total: expected a value or {stop_of: APPROACH}, "
            "got {'stop': 'b'}",
        ),
        (
            "{config: a.cfg}",
            "{config: a.cfg, settings: {variables.total: {stop_of: c}}}",
            "approaches.a.settings: stop_of: expected one of a, b, got c",
        ),
        (
            "{config: a.cfg}",
            "{config: a.cfg, settings: {variables.total: {stop_of: a}}}",
            "approaches.a.settings: stop_of: a waits for another approach itself",
        ),
        # of all approaches, so of the one that it waits for too
        ("seeds:", f"{TOTAL}: {{stop_of: a}}}}\nseeds:", "approaches.a.settings: stop_of: a waits"),
        (
            "seeds:",
            f"{TOTAL}: {{stop_of: c}}}}\nseeds:",
            "approaches.a.settings: stop_of: expected one of a, b, got c",
        ),
        (
            "seeds:",
            "settings: {rate: 1}\nseeds:",
            "settings: rate: expected a dotted key such as variables.rate",
        ),
        *(
            (
                "seeds:",
                f"settings: {{{key}: 1}}\nseeds:",
                f"settings: {key}: expected a setting that the grid's {axis} leave open",
            )
            for key, axis in DECIDED.items()
        ),
        (
            "{config: a.cfg}",
            "{config: a.cfg, settings: {system.seed: 1}}",
            "approaches.a.settings: system.seed: expected a setting that the grid's seeds leave",
        ),
        (
            "lang: sv",
            "lang: zz",
            "datasets.e.lang: expected the code of a language of spaCy, such as en, or xx for any, "
            "got 'zz'",
        ),
        ("m: some/model", "m/1: some/model", "models.m/1.[key]: String should match pattern"),
        ("{path: corpus/d}", "corpus/d", "datasets.d: Input should be a valid dictionary"),
        ("seeds:", "combinations: [[d, q]]\nseeds:", "combinations.0: expected one of m, n, got q"),
        ("seeds:", "threads: 0\nseeds:", "threads: Input should be greater than or equal to 1"),
    ],
)
def test_fault_is_located(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL.replace(old, new, 1))
    with pytest.raises(ValueError, match=re.escape(f"{path}: {message}")):
        read_grid(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "expected keys such as approaches, found [1, 2]"),
        ("a: [", "expected a grid of experiments in YAML, but while parsing"),
        ("extends: grid.yml", "extends: expected another file of the folder, got 'grid.yml'"),
        (
            "extends: none.yml",
            "none.yml: expected a grid of experiments in YAML, found no such file",
        ),
    ],
)
def test_no_grid(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_grid(write(tmp_path, text))


def test_labels_take_the_place_of_fractions(tmp_path: Path) -> None:
    text = LABELS.replace("a.cfg}", "a.cfg, dev: 0.3}") + "first_seeds: {400: 2}\n"
    grid = read_grid(write(tmp_path, text))
    jobs = list(grid.jobs())
    assert len(jobs) == 2 * 2 * 2 * (3 + 2)
    assert {job.labels for job in jobs if job.seed == 3} == {25}
    assert {(job.approach, job.dev, job.fraction) for job in jobs} == {
        ("a", 0.3, 1.0),
        ("b", 0.2, 1.0),
    }
    # small sets first, and of these every data set
    assert [job.name for job in jobs[::8]][:2] == ["d-m-25-a-1", "d-m-400-a-1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LABELS + "fractions: [1]\n", "expected either fractions or labels, got fractions and"),
        (MINIMAL.replace("fractions: [0.5, 1]", ""), "expected either fractions or labels, got"),
        (LABELS.replace("25", "1"), "labels.0: Input should be greater than or equal to 2, got 1"),
        (LABELS + "first_seeds: {50: 2}\n", "first_seeds: expected some of 25, 400, got 50"),
        (LABELS.replace("a.cfg", "a.cfg, dev: 1.0"), "a.dev: Input should be less than 1"),
        (MINIMAL.replace("a.cfg", "a.cfg, dev: 0.2"), "approaches.a.dev: expected `labels` that"),
        (MINIMAL.replace("a.cfg", "a.cfg, folds: 5"), "approaches.a.folds: expected `labels` that"),
        (LABELS.replace("a.cfg", "a.cfg, folds: 1"), "a.folds: Input should be greater than or eq"),
        (LABELS.replace("a.cfg", "a.cfg, folds: 5, dev: 0.2"), "a.folds: expected neither train_"),
    ],
)
def test_broken_sizes_are_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_grid(write(tmp_path, text))


# grid: approaches, combinations of dataset and model, fractions, seeds
COUNTS = {
    "budget": (11, 3, 6, 6),
    "budget-bfloat16": (11, 3, 6, 3),
    "budget-bert": (6, 1, 3, 3),
    "main": (3, 5, 11, 5),
    "confirmation": (3, 5, 11, 5),
    "simplification": (3, 5, 11, 5),
    "cooldown": (3, 5, 11, 5),
    "constant": (4, 5, 11, 5),
    "ablation": (3, 5, 11, 5),
    "validation-size": (3, 5, 3, 5),
    "train-on-dev": (3, 5, 11, 5),
    "schemes": (2, 5, 11, 5),
    "small": (4, 1, 4, 3),
    "epochs": (6, 1, 4, 3),
    "rates": (5, 3, 3, 3),
    "curve": (1, 1, 5, 3),
    "precision": (4, 1, 4, 3),
}
SAMPLES = {"budget", "budget-bfloat16"}
OVER_LABELS = {*SAMPLES, "budget-bert", "rates", "curve"}


def test_every_grid_is_counted() -> None:
    assert {path.stem for path in (ROOT / "configs" / "experiments").glob("*.yml")} == {*COUNTS}


@pytest.mark.parametrize("name", COUNTS)
def test_grids_have_their_jobs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    approaches, pairs, fractions, seeds = COUNTS[name]
    grid = read_grid(ROOT / "configs" / "experiments" / f"{name}.yml")
    jobs = list(grid.jobs())
    if name == "budget":
        # six samples up to 200, three at 400, two at 1,000
        seeds = (4 * 6 + 3 + 2) / 6
    elif name == "budget-bfloat16":
        # two at 1,000
        seeds = (5 * 3 + 2) / 6
    assert len(grid.approaches) == approaches
    assert len(grid.pairs()) == pairs
    assert len(jobs) == round(approaches * pairs * fractions * seeds)
    # every setting fits the config that it is for
    for job in {job.approach: job for job in jobs}.values():
        job.make_config()


def test_further_samples_of_the_sweep_over_labels_differ_in_precision_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    grids = [read_grid(Path(f"configs/experiments/{name}.yml")) for name in sorted(SAMPLES)]
    first, further = ({job.name: job for job in grid.jobs()} for grid in grids)
    both = first.keys() & further.keys()
    assert {(job.labels, job.seed) for job in further.values() if job.name in both} == {
        (labels, seed) for labels in (25, 50, 100, 200) for seed in (4, 5, 6)
    }
    for name in both:
        configs = [jobs[name].make_config() for jobs in (first, further)]
        found = [one["components"]["transformer"]["model"].pop("precision") for one in configs]
        assert found == ["float32", "bfloat16"]
        assert configs[0] == configs[1]


def test_main_grid_is_the_papers() -> None:
    grid = read_grid(ROOT / "configs" / "experiments" / "main.yml")
    experiments = {(job.cell, job.approach) for job in grid.jobs()}
    assert len(experiments) == 165
    job = next(grid.jobs())
    training = job.make_config().interpolate()["training"]
    assert training["optimizer"]["learn_rate"]["rate"] == pytest.approx(2e-5)


@pytest.mark.parametrize("name", sorted(COUNTS.keys() - OVER_LABELS))
def test_papers_grids_have_its_rounds_and_end_by_the_score_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What adaptive.cfg asks for beside the paper is undone in all that is compared with it."""
    monkeypatch.chdir(ROOT)
    jobs = read_grid(Path(f"configs/experiments/{name}.yml")).jobs()
    for job in {job.approach: job for job in jobs}.values():
        training = job.make_config().interpolate()["training"]
        assert [training["eval_frequency"][bound] for bound in ("least", "most", "dev")] == [
            None
        ] * 3
        for schedule in find_blocks(training["optimizer"], "schedules", ADAPTIVE):
            assert schedule["least"] == 0


@pytest.mark.parametrize(
    ("approach", "epochs", "warmup"),
    [("linear-2", 2, 0.4), ("linear-5", 5, 1), ("linear-10", 10, 2), ("linear-40", 40, 2)],
)
def test_search_over_epochs_warms_up_over_a_fifth(
    approach: str, epochs: int, warmup: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    grid = read_grid(Path("configs/experiments/epochs.yml"))
    job = next(job for job in grid.jobs() if job.approach == approach)
    training = job.make_config().interpolate()["training"]
    assert training["max_steps"]["times"] == epochs
    assert training["optimizer"]["learn_rate"]["warmup"] == pytest.approx(warmup)
    assert fixed_epochs(job) == epochs
