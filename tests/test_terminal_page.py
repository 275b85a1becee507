"""docs/terminal.md shows what a training prints today, in terminals of two sizes."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from spacy.util import load_config

from adaptive_spacy.config.monitor import list_weights, name_metrics
from adaptive_spacy.training.summary import Ending
from adaptive_spacy.training.table import Table
from docs.terminal import PAGE, SESSION, SIZES, settle
from tests.conftest import ROOT

SESSIONS = {
    int(columns): text for columns, _, text in SESSION.findall(PAGE.read_text(encoding="utf8"))
}
#: Columns whose values are percent
PERCENT = {"ents_f", "ents_p", "ents_r"}


def words(text: str) -> str:
    """RETURNS (str): What is said, wherever its lines break and however long it took."""
    found = [one for one in text.split() if one != "\\" and not re.fullmatch("[=-]+", one)]
    return re.sub(r"\d+:\d\d:\d\d", "h:mm:ss", " ".join(found))


@pytest.fixture(scope="module")
def config() -> Any:
    paths = {"paths.train": "corpus/train.spacy", "paths.dev": "corpus/dev.spacy"}
    found = load_config(ROOT / "configs" / "adaptive.cfg", overrides=paths)
    return found.interpolate()


@pytest.fixture
def table(config: Any) -> Table:
    training = config["training"]
    monitored = name_metrics(list_weights(training["before_update"]["monitor"]))
    return Table(training["score_weights"], monitored)


def read_rows(text: str, table: Table) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The evaluations of a session."""
    rows = []
    for line in re.findall(r"^ +\d+ +\d+ +(?:warmup|plateau|cooldown|finished) .*$", text, re.M):
        epoch, step, phase, rate, loss, *cells = line.split()
        scores = {
            metric: float(cell) / (100 if metric in PERCENT else 1)
            for metric, cell in zip(table.metrics, cells, strict=False)
        }
        row = {"epoch": int(epoch), "step": int(step), "phase": phase, "rate": float(rate)}
        row |= {"train_loss": float(loss), "scores": scores, "score": scores["ents_f"]}
        rows.append({**row, "best": cells[-1] == "*"})
        assert table.row(rows[-1]) == line
    return rows


def test_page_has_both_sizes() -> None:
    assert list(SESSIONS) == [columns for columns, _ in SIZES] == [80, 200]


@pytest.mark.parametrize("columns", list(SESSIONS))
def test_lines_fit_their_terminal(columns: int) -> None:
    lines = SESSIONS[columns].splitlines()
    assert len(lines) > 30
    assert [line for line in lines if len(line) > columns] == []


def test_no_word_is_broken() -> None:
    narrow, wide = (words(text) for text in SESSIONS.values())
    assert narrow == wide


@pytest.mark.parametrize("columns", list(SESSIONS))
def test_session_is_what_a_training_prints(
    columns: int, config: Any, table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SESSIONS[columns]
    assert table.header() in text
    rows = read_rows(text, table)
    assert len(rows) > 8
    (updates,) = re.findall(r"(\d+) updates in", words(text))
    machine: Any = SimpleNamespace(finished=True, stalled=False, cooldown=7)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "test.spacy").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(columns))
    output = Path("training/mine")
    end = Ending(config, table, machine, rows, int(updates), 60.0, output, None)
    lines = "\n".join(end.lines())
    assert words(lines) in words(text)
    # where the lines break, too, but for how long it took
    assert "\n".join(lines.splitlines()[2:]) in text
    for said in ("Why it stopped: It stopped by itself", "What to expect: Expect F1"):
        assert said in words(text)


def test_screen_shows_what_was_written_last() -> None:
    assert settle("\x1b[32ma\x1b[0m\r\nbar 1\rbar 2\r   \rb\r\n\r\n\r\n\r\nc\r\n") == "a\nb\n\nc"
