"""`adaptive-spacy stats` as its user meets it."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.conftest import SENTENCES, write_corpus


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a corpus `corpus` of train and dev."""
    (tmp_path / "corpus").mkdir()
    write_corpus(tmp_path / "corpus" / "train.spacy", SENTENCES)
    write_corpus(tmp_path / "corpus" / "dev.spacy", SENTENCES[:1])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    """RETURNS (tuple[int, str, str]): Exit code, stdout, stderr."""
    result = CliRunner().invoke(app, ["stats", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_stats_prints_tables_and_warnings_and_saves(folder: Path) -> None:
    code, out, _ = run("corpus", "--output", "stats")
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    assert ["documents", "8", "1"] in rows
    assert sum(row[:1] == ["⚠"] for row in rows) == 3
    assert out.endswith("✔ Saved to stats/stats.json\n✔ Saved to stats/stats.png\n")
    saved = json.loads((folder / "stats" / "stats.json").read_text(encoding="utf8"))
    assert saved["splits"]["dev"]["documents"] == 1


def test_stats_counts_word_pieces(folder: Path, transformer_folder: Path) -> None:
    code, out, _ = run("corpus/train.spacy", "--transformer", str(transformer_folder))
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines() if "over 64" in line] == [
        ["word", "pieces"]
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("gone",),
            "✘ gone: expected a .spacy file or a folder of them, found another file: "
            "`adaptive-spacy convert` makes them\n",
        ),
        (
            ("corpus", "--output", "gone"),
            "✘ --output: expected a folder for stats.json, got the file gone\n",
        ),
        (("corpus", "--window", "0"), "✘ --window: expected a number >= 1, got 0\n"),
        (
            ("corpus", "--transformer", "./missing"),
            "✘ ./missing: expected the folder of a transformer, but there is none; make it "
            "with `adaptive-spacy model SOURCE FOLDER`\n",
        ),
    ],
)
def test_stats_says_in_one_line_what_is_wrong(folder: Path, arguments, message) -> None:
    (folder / "gone").write_text("text")
    if "--output" in arguments:
        # before anything is counted
        (folder / "corpus" / "dev.spacy").write_bytes(b"text")
    assert run(*arguments) == (1, "", message)


def test_stats_names_a_broken_file(folder: Path) -> None:
    (folder / "corpus" / "dev.spacy").write_bytes(b"text")
    code, out, err = run("corpus")
    assert (code, out) == (1, "")
    assert err.startswith("✘ corpus/dev.spacy: expected a .spacy file, found something else")


def test_stats_without_matplotlib_says_what_to_install(folder: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "adaptive_spacy.report.corpus_figure", raising=False)
    message = '✘ --output needs matplotlib: pip install "adaptive-spacy[plot]"\n'
    assert run("corpus", "--output", "stats") == (1, "", message)
    assert not (folder / "stats").exists()


def test_stats_leaves_other_corpora_out(folder: Path) -> None:
    # as `spacy project run all` and `convert all.jsonl corpus` leave it
    (folder / "corpus" / "sample").mkdir()
    for split in ("train", "dev"):
        content = (folder / "corpus" / f"{split}.spacy").read_bytes()
        (folder / "corpus" / "sample" / f"{split}.spacy").write_bytes(content)
    write_corpus(folder / "corpus" / "dev.spacy", [("Nobody knows Oslo", "O O B-LOC")])
    # what the splits were divided from
    write_corpus(folder / "corpus" / "all.spacy", [*SENTENCES, ("Nobody knows Oslo", "O O B-LOC")])
    code, out, _ = run("corpus")
    assert code == 0
    assert "shares" not in out
    assert "ℹ corpus/sample is a corpus of its own, and left out" in out
    assert ["documents", "8", "1", "9"] in [line.split() for line in out.splitlines()]
    # a split that is scored is warned of all the same
    write_corpus(folder / "corpus" / "dev.spacy", SENTENCES)
    assert "dev shares 8 of 8 texts" in run("corpus")[1]


def test_stats_of_a_folder_of_corpora_asks_which(folder: Path) -> None:
    (folder / "corpora").mkdir()
    (folder / "corpus").rename(folder / "corpora" / "news")
    assert run("corpora") == (
        1,
        "",
        "✘ corpora: expected a corpus, found several, each of its own: name one of corpora/news\n",
    )


@pytest.mark.parametrize("name", ["a=b", "./a=b", "train=corpus"])
def test_stats_takes_a_path_with_an_equals_sign(folder: Path, name: str) -> None:
    if "=" in name and "corpus" not in name:
        (folder / "corpus").rename(folder / "a=b")
    code, out, _ = run(name)
    assert code == 0
    assert "train" in out.splitlines()[1]
