"""The soak tells of a memory that grows, and docs/reliability.md what the one that is kept told."""

import mmap
import re
import shutil
from pathlib import Path
from random import Random

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from benchmarks.measurements import add_lines, read_lines
from benchmarks.soak import (
    BROKEN,
    HELD,
    WARM_UP,
    Slope,
    divide,
    fit,
    main,
    measure,
    own_scratch,
    report,
    run,
)
from tests.conftest import ROOT

APP = typer.Typer(rich_markup_mode=None)
APP.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(main)
KEPT = ROOT / "benchmarks" / "results" / "soak" / "index.jsonl"
PAGE = " ".join((ROOT / "docs" / "reliability.md").read_text(encoding="utf8").split())


def rows(memory: list[float], hours: float = 0.5) -> list[dict]:
    """Cycles of whole trainings, the first ones with another memory."""
    found = [100.0, 300.0, 200.0, *memory]
    return [
        {"until": 3600 * hours * (i + 1), "rss_mib": one, "broken_off_after": None}
        for i, one in enumerate(found)
    ]


def soaked(*, grows: float, resumed_hold: float, resumed_leave: float = 0.0) -> list[dict]:
    """80 cycles in two hours.

    grows (float): MiB per hour.
    resumed_hold (float): MiB more, at most, that a resumed training holds up to the next cycle.
    resumed_leave (float): MiB that it never gives back.
    """
    random, left, memory = Random(0), 0.0, []
    for cycle in range(WARM_UP, 80):
        resumed = cycle % BROKEN == 1
        left += resumed_leave * resumed
        # more and more often towards the end
        held = resumed_hold * resumed * (random.random() < cycle / 80)
        memory.append(670 + grows * cycle / 40 + left + held + random.gauss(0, 12))
    found = rows(memory, hours=1 / 40)
    for cycle, row in enumerate(found):
        row["broken_off_after"] = 20 + cycle if cycle % BROKEN == 1 else None
    return found


def test_slope_is_in_mib_per_hour_with_its_interval() -> None:
    slope = fit(rows([500, 506, 512, 518]))
    assert (slope.cycles, slope.hours) == (4, 1.5)
    assert slope.mib == pytest.approx(12.0)
    assert (slope.low, slope.high) == pytest.approx((12.0, 12.0))
    # by the book: residuals of 1 and -1 about a line of no slope, t of 2 degrees of freedom
    slope = fit(rows([501, 499, 499, 501]))
    half = 4.302652729911275 * (4 / 2 / 1.25) ** 0.5
    assert (slope.low, slope.high) == pytest.approx((-half, half))
    with pytest.raises(ValueError, match=rf"3 cycles or more .* after {WARM_UP} .*; got 2"):
        fit(rows([1, 2]))


@pytest.mark.parametrize("hold", [0.0, 100.0, -100.0])
@pytest.mark.parametrize("grows", [0.0, 60.0, -60.0])
def test_resumed_trainings_neither_make_a_slope_nor_hide_one(grows: float, hold: float) -> None:
    slope = fit(soaked(grows=grows, resumed_hold=hold))
    assert slope.low < grows < slope.high
    assert slope.high - slope.low < 20
    assert slope.verdict(30) == ("it grows" if grows > 30 else "flat")
    # the same line whatever they hold
    assert slope == fit(soaked(grows=grows, resumed_hold=0.0))


def test_what_resumed_trainings_never_give_back_is_found() -> None:
    slope = fit(soaked(grows=0.0, resumed_hold=100.0, resumed_leave=5.0))
    # every third of 40 in an hour
    assert slope.low < 5 * 40 / BROKEN < slope.high
    assert slope.verdict(30) == "it grows"


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-5, 5, "flat"),
        (-5, 30, "flat"),
        (-5, 31, "unknown"),
        (29, 99, "unknown"),
        (31, 99, "it grows"),
    ],
)
def test_only_what_is_surely_below_the_bound_is_flat(low: float, high: float, verdict: str) -> None:
    assert Slope(10, 1.0, (low + high) / 2, low, high).verdict(30) == verdict


def test_report_tells_whole_trainings_from_resumed_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = soaked(grows=0.0, resumed_hold=100.0)
    for number, line in enumerate(lines):
        line |= {"cycle": number, **dict.fromkeys(HELD[1:], number)}
    add_lines(tmp_path / "cycles.jsonl", lines)
    assert report(tmp_path / "cycles.jsonl", 30.0)
    shown = capsys.readouterr().out
    whole, resumed = divide(lines)
    assert (len(whole), len(resumed)) == (51, 26)
    memory = [line["rss_mib"] for line in resumed]
    assert f"26 resumed trainings left {min(memory):.0f} to {max(memory):.0f} MiB" in shown
    # cycle 4 is a resumed one
    assert "threads: 3 after cycle 3, 78 in the end" in shown
    assert shown.endswith("at most 30: flat\n")


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(APP, [str(one) for one in arguments], env={"COLUMNS": "300"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--minuts", "1"], "--minuts: expected an option of benchmarks.soak, or a setting"),
        (["--corpus", "none"], "--corpus: expected a .spacy file .*, got none/train.spacy"),
        ([], "--output: expected a folder without cycles .* give another one, or move that file"),
    ],
)
def test_cycles_of_a_former_soak_are_kept(
    arguments: list[str], said: str, corpus_folder: Path, tmp_path: Path
) -> None:
    corpus = Path(shutil.copytree(corpus_folder, tmp_path / "corpus"))
    shutil.copy(corpus / "dev.spacy", corpus / "test.spacy")
    kept = tmp_path / "soak" / "cycles.jsonl"
    add_lines(kept, [{"cycle": 0}])
    result = invoke("--corpus", corpus, "--output", kept.parent, *arguments)
    assert result.exit_code == 1
    assert re.search(f"^✘ {said}", result.output), result.output
    assert read_lines(kept) == [{"cycle": 0}]


def test_file_that_has_no_slope_is_named(tmp_path: Path) -> None:
    two, other = tmp_path / "two.jsonl", tmp_path / "other.jsonl"
    add_lines(two, read_lines(KEPT)[:2])
    add_lines(other, [{"seconds": 1.0}])
    assert invoke("--report", two).output.startswith("✘ --report: a slope needs 3 cycles")
    said = f"✘ --report: {other}: line 1: expected a cycle of a soak, found a line without cycle, "
    assert invoke("--report", other).output.startswith(said)


def test_what_is_left_is_measured(tmp_path: Path) -> None:
    with own_scratch(tmp_path) as scratch:
        before = measure(scratch)
        # not of the heap, which may have as much to spare
        held = mmap.mmap(-1, 64 * 2**20)
        for page in range(0, len(held), mmap.PAGESIZE):
            held[page] = 1
        with (scratch / "left").open("w"):
            after = measure(scratch)
    assert after["rss_mib"] - before["rss_mib"] > 60
    held.close()
    assert after["open_files"] == before["open_files"] + 1
    assert (before["scratch_files"], after["scratch_files"]) == (0, 1)
    assert after["threads"] >= 1


def test_page_states_the_slope_that_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    lines = read_lines(KEPT)
    slope = fit(lines)
    assert report(KEPT, 30.0), "the page says that it is below the bound"
    assert f"memory: {slope.mib:+.1f} MiB per hour" in capsys.readouterr().out
    found = re.search(r"(\d+) cycles in ([\d.]+) hours", PAGE)
    assert found is not None
    assert (int(found[1]), found[2]) == (len(lines), f"{lines[-1]['until'] / 3600:.1f}")
    shown = f"{slope.mib:+.1f} MiB per hour (95 %: {slope.low:+.1f} to {slope.high:+.1f})"
    assert shown in PAGE
    assert f"through the {slope.cycles} others" in PAGE
    for some in divide(lines):
        memory = [line["rss_mib"] for line in some]
        assert f"{min(memory):.0f} to {max(memory):.0f} MiB" in PAGE
    same = {(line["threads"], line["open_files"], line["scratch_files"]) for line in lines}
    assert len(same) == len({line["ents_f"] for line in lines}) == 1
    threads, open_files, left = same.pop()
    assert left == 0
    assert f"left {threads} threads, {open_files} open files and no temporary file" in PAGE


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_cycle_resumes_what_it_breaks_off_to_the_same_model(
    corpus_folder: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    arguments = [f"--paths.{split}={corpus_folder / split}.spacy" for split in ("train", "dev")]
    arguments += ["--variables.transformer", str(transformer_folder), "--variables.rate", "3e-3"]
    arguments += ["--training.max_epochs", "6"]
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "test.spacy").write_bytes((corpus_folder / "dev.spacy").read_bytes())
    scores = [
        run(tmp_path / "corpus", tmp_path / str(break_off), arguments, break_off=break_off)
        for break_off in (None, 5)
    ]
    assert scores[0] == scores[1]
    models = [tmp_path / str(one) / "training" / "model-last" for one in (None, 5)]
    first, other = ((one / "transformer" / "model").read_bytes() for one in models)
    assert first == other
