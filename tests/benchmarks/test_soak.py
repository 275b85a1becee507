"""The soak tells of a memory that grows, and docs/reliability.md what the one that is kept told."""

import mmap
import re
from pathlib import Path

import pytest

from benchmarks.measurements import read_lines
from benchmarks.soak import WARM_UP, fit, measure, own_scratch, report, run
from tests.conftest import ROOT

KEPT = ROOT / "benchmarks" / "results" / "soak" / "index.jsonl"
PAGE = " ".join((ROOT / "docs" / "reliability.md").read_text(encoding="utf8").split())


def rows(memory: list[float]) -> list[dict]:
    """Cycles of half an hour, the first ones with another memory."""
    found = [100.0, 300.0, 200.0, *memory]
    return [{"until": 1800 * (i + 1), "rss_mib": one} for i, one in enumerate(found)]


def test_slope_is_in_mib_per_hour_with_its_interval() -> None:
    slope = fit(rows([500, 506, 512, 518]))
    assert (slope.cycles, slope.hours) == (4, 1.5)
    assert slope.mib == pytest.approx(12.0)
    assert (slope.low, slope.high) == pytest.approx((12.0, 12.0))
    # by the book: residuals of 1 and -1 about a line of no slope, t of 2 degrees of freedom
    slope = fit(rows([501, 499, 499, 501]))
    half = 4.302652729911275 * (4 / 2 / 1.25) ** 0.5
    assert (slope.low, slope.high) == pytest.approx((-half, half))
    with pytest.raises(ValueError, match=f"6 cycles or more, {WARM_UP} of them to warm up; got 5"):
        fit(rows([1, 2]))


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
    assert report(KEPT, 30.0) == (slope.mib <= 30.0)
    assert f"memory: {slope.mib:+.1f} MiB per hour" in capsys.readouterr().out
    found = re.search(r"(\d+) cycles in ([\d.]+) hours", PAGE)
    assert found is not None
    assert (int(found[1]), found[2]) == (len(lines), f"{lines[-1]['until'] / 3600:.1f}")
    shown = f"{slope.mib:+.1f} MiB per hour (95 %: {slope.low:+.1f} to {slope.high:+.1f})"
    assert shown in PAGE


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
