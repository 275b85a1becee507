"""A report on disk: page, Markdown and figures."""

import re
from pathlib import Path
from xml.etree import ElementTree

from typer.testing import CliRunner

from adaptive_spacy.cli.app import app


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


def test_unknown_question_is_refused(report: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(report.parent), "--question", "why"])
    assert result.exit_code == 1
    assert "✘ --question: expected one of epochs, budget, got why" in result.output
