"""Pages, README and commands of what was measured agree with the records that are kept."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

import pytest
from thinc.api import Config
from typer.testing import CliRunner

from adaptive_spacy.experiments.grid import read_grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.packed_records import pack
from adaptive_spacy.experiments.records import read_records
from adaptive_spacy.report.comparison import compare
from benchmarks.measurements import add_lines, read_lines
from tests.conftest import ROOT
from tests.report.records import make_job, make_record, write_records

RESULTS = ROOT / "benchmarks" / "results"
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf8")
#: Of trainings; in the others a line is a measurement
RUNS = {
    "small": 183,
    "budget": 805,
    "once": 81,
    "budget-bert": 30,
    "without-least": 60,
    "trials": 142,
    "rates": 24,
    "either": 22,
    "bfloat16": 3,
    "emulated": 6,
}
SEEDS = (1, 2, 3)
#: Checksums of MiniLM's folder with two notes of where it came from
SAME_WEIGHTS = (
    "853abda6f560708bd9411149ea1eb91c81c0d2a1f118cce5fac32eb6b7810429",
    "380c57b53775e9df0c6d2318841c625b85a7da284f35a7f381e31a2e81d299f9",
)


def rows_of(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def spread(values: list[float]) -> str:
    return f"{mean(values):.1f} ± {stdev(values):.1f}"


def test_readme_lists_each_set_with_its_number_of_lines() -> None:
    text = (RESULTS / "README.md").read_text(encoding="utf8")
    listed = {row[0].strip("`"): row[1] for row in rows_of(text) if row[0].startswith("`")}
    folders = {one.name: one for one in RESULTS.iterdir() if one.is_dir()}
    assert listed == {
        name: str(len(read_lines(one / "index.jsonl"))) for name, one in folders.items()
    }


@pytest.mark.parametrize("name", RUNS)
def test_set_of_runs_has_each_job_once_and_is_as_packing_makes_it(
    name: str, tmp_path: Path
) -> None:
    records = read_records(RESULTS / name)
    assert len(records) == RUNS[name]
    assert compare(RESULTS / name).superseded == 0
    pack(reversed(records), tmp_path)
    index = (tmp_path / "index.jsonl").read_bytes()
    assert index == (RESULTS / name / "index.jsonl").read_bytes()


@pytest.mark.parametrize("grid", ["budget", "budget-bfloat16", "budget-bert", "rates"])
def test_grids_over_labels_go_on_with_the_jobs_that_are_recorded(
    grid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    jobs = {job.name: job for job in read_grid(Path(f"configs/experiments/{grid}.yml")).jobs()}
    # samples of the one sweep, in one precision or in the other
    records = read_records(RESULTS / grid.removesuffix("-bfloat16"))
    if grid.startswith("budget") and grid != "budget-bert":
        records = [one for one in records if (one["precision"] == "bfloat16") == (grid != "budget")]
    latest = {
        one["job"]["approach"]: one for one in sorted(records, key=lambda one: one["finished"])
    }
    # it was run once: its figures are those of the checkpoint with the best loss of *adaptive*
    latest.pop("paper", None)
    assert latest
    for record in latest.values():
        planned = jobs[Job(**record["job"]).name].make_config()
        recorded = Config().from_str(record["definition"]["config"], interpolate=False)
        if grid == "budget-bert":
            # "auto" where it is bfloat16, as the first records have it, or float32
            for one in (planned, recorded):
                precision = one["components"]["transformer"]["model"].pop("precision")
                assert precision in ("auto", record["precision"])
        for section in ("nlp", "components", "training"):
            assert planned[section] == recorded[section], record["job"]["approach"]


@pytest.mark.parametrize("name", ["budget", "budget-bert"])
def test_samples_of_a_sweep_over_labels_are_trained_in_one_precision(name: str) -> None:
    found = defaultdict(set)
    for one in read_records(RESULTS / name):
        job = one["job"]
        found[job["dataset"], job["labels"], job["seed"]].add(one["precision"])
    assert {len(precisions) for precisions in found.values()} == {1}


def test_what_stands_side_by_side_learnt_from_the_same_files() -> None:
    transformers, data = Counter[str](), defaultdict(set)
    others = set()
    for one in read_records(RESULTS / "budget"):
        job, definition = one["job"], one["definition"]
        transformers[definition["transformer"]] += 1
        data[job["dataset"]].add(json.dumps(definition["data"], sort_keys=True))
        if definition["transformer"] != SAME_WEIGHTS[0]:
            others.add((job["dataset"], job["seed"] <= 3))
    assert {len(found) for found in data.values()} == {1}
    # two folders with the same weights, of which the page of the records tells
    assert set(transformers) == {*SAME_WEIGHTS}
    page = " ".join((RESULTS / "README.md").read_text(encoding="utf8").split())
    assert f"The `transformer` of {transformers[SAME_WEIGHTS[1]]} of those has another" in page
    assert others == {("wikigold", True)}


def strings_of(value: Any) -> Iterator[str]:
    """YIELDS (str): All that a record says in words."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings_of(one)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("name", RUNS)
def test_records_name_no_folder_of_a_machine(name: str) -> None:
    jobs = [one["job"] for one in read_lines(RESULTS / name / "index.jsonl")]
    assert jobs
    assert [text for text in strings_of(jobs) if Path(text).is_absolute()] == []


def speeds(record: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """YIELDS (tuple): A contestant of a measurement, and the cells of its row."""
    for task, seconds in record["seconds"].items():
        words = record["words"][task]
        ours = [median(one) for name, one in seconds.items() if name.startswith("adaptive-spacy")]
        for name, taken in seconds.items():
            slowest, fastest = words / max(taken), words / min(taken)
            cells = [f"{words / median(taken):.0f}", f"{slowest:.0f} to {fastest:.0f}"]
            if name.startswith("adaptive-spacy"):
                yield name, [*cells, *[""] * len(ours)]
            else:
                yield name, [*cells, *(f"{median(taken) / one:.2f}x" for one in ours)]


def test_page_shows_the_measured_speeds() -> None:
    measured = [row for one in read_lines(RESULTS / "speed" / "index.jsonl") for row in speeds(one)]
    tables = rows_of(PAGE[: PAGE.index("## Where a training step goes")])
    # the page says in which precision bare torch ran
    shown = [
        (cells[0].replace("bare torch, bfloat16", "bare torch"), cells[1:])
        for cells in tables
        if cells[1][0].isdigit()
    ]
    assert len(shown) == 51
    assert [row for row in shown if row not in measured] == []


def test_page_shows_how_the_cost_grew() -> None:
    for one in read_lines(RESULTS / "growth" / "index.jsonl"):
        row = f"| {one['what']} | {one['size']:,} | {one['microseconds_per_word']} |"
        assert row in PAGE.splitlines()


def test_page_shows_what_int8_costs() -> None:
    by_model: dict[str, list[float]] = {}
    for one in read_lines(RESULTS / "int8" / "index.jsonl"):
        by_model.setdefault(one["pipeline"], []).extend((one["before"], one["after"]))
    assert len(by_model) == 5
    for scores in by_model.values():
        cells = " | ".join(f"{100 * score:.1f}" for score in scores)
        assert f" | {cells} |" in PAGE
    test, dev = ([100 * (one[i + 1] - one[i]) for one in by_model.values()] for i in (0, 2))
    shown = [f"{mean(one):+.2f} ± {stdev(one):.2f}" for one in (test, dev)]
    assert f"| | {shown[0]} | | {shown[1]} |" in PAGE


def test_page_shows_what_batches_and_precision_cost() -> None:
    before = {
        (one["approach"], one["seed"]): 100 * one["summary"]["last"]["test_f"]
        for one in read_lines(RESULTS / "unbucketed" / "index.jsonl")
    }
    f1 = {
        (name, run.job.approach, run.job.seed): run.f1["last"]
        for name in RUNS
        for run in compare(RESULTS / name).runs
        if run.job.fraction == 0.4
    }
    for approach in ("stable", "adaptive"):
        pairs = [(before[approach, seed], f1["small", approach, seed]) for seed in SEEDS]
        for seed, (old, new) in zip(SEEDS, pairs, strict=True):
            assert f"| {approach} | {seed} | {old:.1f} | {new:.1f} |" in PAGE
        cells = " | ".join(spread(list(one)) for one in zip(*pairs, strict=True))
        assert f"| {approach} | mean ± standard deviation | {cells} |" in PAGE
    columns = [("small", "stable"), ("bfloat16", "bfloat16")]
    columns += [("emulated", "bfloat16"), ("emulated", "float16")]
    for seed in SEEDS:
        cells = " | ".join(f"{f1[name, approach, seed]:.1f}" for name, approach in columns)
        assert f"| {seed} | {cells} |" in PAGE
    means = [spread([f1[name, approach, seed] for seed in SEEDS]) for name, approach in columns]
    assert f"| mean ± standard deviation | {' | '.join(means)} |" in PAGE


def test_command_packs_a_sweep_that_grows(tmp_path: Path) -> None:
    import typer

    from benchmarks.pack import main

    app = typer.Typer()
    app.command()(main)
    records = [make_record(make_job("adaptive", seed), 0.5) for seed in SEEDS]
    packed = tmp_path / "packed"
    for number in (1, 3, 3):
        runs = write_records(tmp_path / f"runs-{number}", records[:number])
        done = CliRunner().invoke(app, [str(runs), str(packed)])
        assert done.exit_code == 0
    assert f"3 records of {runs}, of which 0 are new in {packed}" in done.stdout
    assert read_records(packed) == records
    done = CliRunner().invoke(app, [str(tmp_path / "none"), str(packed)])
    assert done.exit_code == 1


def test_measurements_are_added_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "index.jsonl"
    add_lines(path, [{"seconds": 0.1 + 0.2}])
    add_lines(path, [{"seconds": 2}, {"what": "é"}])
    assert read_lines(path) == [{"seconds": 0.1 + 0.2}, {"seconds": 2}, {"what": "é"}]


@pytest.mark.parametrize("end", ["", "\n"])
def test_measurement_is_a_line_of_its_own_whatever_the_last_one_ends_with(
    tmp_path: Path, end: str
) -> None:
    path = tmp_path / "index.jsonl"
    path.write_text('{"seconds": 1}' + end, encoding="utf8")
    add_lines(path, [])
    add_lines(path, [{"seconds": 2}, {"seconds": 3}])
    assert path.read_text(encoding="utf8").splitlines() == [
        f'{{"seconds": {number}}}' for number in (1, 2, 3)
    ]
    assert path.read_text(encoding="utf8").endswith("\n")
