"""`adaptive-spacy export` as its user meets it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def call(runner: CliRunner, *arguments: str | Path) -> tuple[int, str, str]:
    result = runner.invoke(app, [*map(str, arguments)])
    return result.exit_code, " ".join(result.stdout.split()), result.stderr


def test_export_gives_back_what_was_converted(runner, tmp_path):
    text = "Ada\tB-PER\nsings\tO\n\nParis\tB-LOC\n"
    (tmp_path / "a.conll").write_text(text)
    assert call(runner, "convert", tmp_path / "a.conll", tmp_path / "out")[0] == 0
    code, out, _ = call(
        runner, "export", tmp_path / "out" / "a.spacy", tmp_path / "back.conll", "--scheme", "bio"
    )
    assert code == 0
    assert f"Written to {tmp_path}/back.conll: 2 docs, 3 tokens, 2 entities" in out
    assert (tmp_path / "back.conll").read_text() == text


def test_export_refuses_in_one_line(runner, tmp_path):
    (tmp_path / "a.spacy").write_text("no docs")
    code, out, err = call(runner, "export", tmp_path / "a.spacy", tmp_path / "a.jsonl")
    assert (code, out) == (1, "")
    assert err.startswith(f"✘ {tmp_path}/a.spacy: expected a .spacy file, found something else")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.spacy"]


def test_export_does_not_write_over_what_it_reads(runner, tmp_path):
    (tmp_path / "a.conll").write_text("Ada\tB-PER\n")
    call(runner, "convert", tmp_path / "a.conll", tmp_path / "out")
    corpus = tmp_path / "out" / "a.spacy"
    before = corpus.read_bytes()
    code, _, err = call(runner, "export", corpus, corpus, "--format", "jsonl")
    assert code == 1
    assert err == f"✘ {corpus}: expected another place to write to than {corpus}, which is read\n"
    assert corpus.read_bytes() == before
