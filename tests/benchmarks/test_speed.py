"""What is measured of speed is what it says: of equal work, and of steps alone."""

import re
import shutil
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.speed import overhead, reading
from benchmarks.speed.overhead import APART, PARTS, Stopwatch
from tests.conftest import ROOT

#: Seconds that a copy pretends to take
SLOW = 1000.0


def test_trees_that_read_differently_are_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, other = tmp_path / "a.conll", tmp_path / "before"
    source.write_text("Ada\tB-PER\n\n", encoding="utf8")
    numbers = {Path.cwd(): 5, other: 6}
    monkeypatch.setattr(reading, "measure", lambda tree, path: (numbers[tree], 0.5))
    app = typer.Typer(rich_markup_mode=None)
    app.command()(reading.main)
    given = [str(source), "--other", str(other), "--rounds", "2"]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "reads as many tokens of the file as this one, got" in said
    assert "5 by this" in said
    assert "6 by other" in said
    numbers[other] = 5
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0
    assert "5 tokens, 2 measures each" in result.output


def test_what_calls_itself_or_its_group_counts_once() -> None:
    def wait(depth: int) -> None:
        time.sleep(0.02)
        if depth:
            owner.wait(depth - 1)
            owner.other()

    owner = SimpleNamespace(
        __name__="owner", wait=wait, other=lambda: time.sleep(0.02), alone=lambda: owner.other()
    )
    watch = Stopwatch()
    watch.wrap(owner, "wait", "apart")
    watch.wrap(owner, "other", "apart")
    watch.wrap(owner, "alone")
    started = time.perf_counter()
    owner.wait(2)
    taken = time.perf_counter() - started
    assert watch.calls == {"owner.wait": 1, "owner.other": 0, "owner.alone": 0}
    assert 0.1 <= sum(watch.seconds.values()) <= taken
    owner.alone()
    assert watch.calls == {"owner.wait": 1, "owner.other": 1, "owner.alone": 1}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_step_is_one_that_was_made_and_no_checkpoint(
    corpus_folder: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # put back at the end
    for place, name in [*APART, *(one for part in PARTS.values() for one in part)]:
        monkeypatch.setattr(place, name, getattr(place, name))
    copytree, real, late = shutil.copytree, time.perf_counter, [0.0]

    def copy(*args: Any, **kwargs: Any) -> Any:
        late[0] += SLOW
        return copytree(*args, **kwargs)

    clock = SimpleNamespace(perf_counter=lambda: real() + late[0])
    monkeypatch.setattr(overhead, "time", clock)

    monkeypatch.setattr(shutil, "copytree", copy)
    text = (ROOT / "configs" / "adaptive.cfg").read_text(encoding="utf8")
    (tmp_path / "configs").mkdir()
    short = text.replace("max_epochs = 1000", "max_epochs = 1")
    (tmp_path / "configs" / "adaptive.cfg").write_text(short, encoding="utf8")
    monkeypatch.chdir(tmp_path)
    overhead.main(corpus_folder, transformer_folder, steps=1000)
    found = re.search(r"a step +(\d+) steps of +(\d+) microseconds", capsys.readouterr().out)
    assert found is not None
    # 48 sentences in batches of 16, however many steps were asked for
    assert int(found[1]) == 3
    assert late[0] >= SLOW
    assert int(found[1]) * int(found[2]) / 1e6 < SLOW
