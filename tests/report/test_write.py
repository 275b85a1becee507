"""A report on disk: page, Markdown and figures."""

import io
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.write import write_report
from tests.report.records import make_labelled, write_records


def test_report_writes_page_markdown_and_figures(report: Path) -> None:
    names = {path.relative_to(report).as_posix() for path in report.rglob("*") if path.is_file()}
    stems = [
        f"figures/{dataset}-tiny-{rule}"
        for dataset in ("news", "tweets")
        for rule in ("best-f1", "best-loss", "last", "curves-adaptive")
    ]
    figures = {f"{stem}.{suffix}" for stem in stems for suffix in ("png", "svg")}
    assert names == {"report.md", "report.html", *figures}
    for name in figures:
        content = (report / name).read_bytes()
        if name.endswith("svg"):
            assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
        else:
            assert content.startswith(b"\x89PNG")
    text = (report / "report.md").read_text(encoding="utf8")
    links = re.findall(r"!\[[^]]*\]\(([^)]*)\)", text)
    assert links
    assert set(links) <= names
    # every table is a table
    widths = [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line[:1] == "|"]
    assert set(widths) == {14, 11, 13}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_report_of_many_trainings_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [make_labelled(name, 1, 25, 60) for name in ("a", "b", "adaptive")]
    runs = write_records(tmp_path / "runs", found)
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    write_report(runs, tmp_path / "report")
    text = shown.getvalue()
    assert "Comparing:   0%|" in text
    assert "| 0/2 [" in text
    assert "Drawing:   0%|" in text
    # each rule, and the curves of the one that has phases
    assert "| 0/4 [" in text


def test_unknown_question_is_refused(report: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(report.parent), "--question", "why"])
    assert result.exit_code == 1
    assert "✘ --question: expected one of epochs, budget, got why" in result.output
