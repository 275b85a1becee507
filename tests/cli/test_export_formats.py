"""`adaptive-spacy export` to every format: its help tells of each, and the page of formats, too."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.readers.formats import FORMATS
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.formats import WRITERS
from docs.results import read_table
from tests.conftest import ROOT
from tests.data.writers.stored import store

PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf8")
#: What one cannot look into as text
TABLES = ("hub", "hub-records")


def list_examples() -> dict[str, str]:
    """RETURNS (dict[str, str]): What the help says of each format."""
    result = CliRunner().invoke(app, ["export", "--help"])
    block = result.output.split("a line of it:", 1)[1].split("For example:")[0]
    return {
        name: example
        for line in block.splitlines()
        for names, _, example in [line.strip().partition("  ")]
        for name in names.split(", ")
    }


def squeeze(text: str) -> str:
    return "".join(text.split())


def test_help_and_page_list_every_format():
    assert set(list_examples()) - {""} == set(WRITERS) == set(FORMATS)
    read = [row["`--format`"].strip("`") for row in read_table(PAGE, "What is read")]
    assert read == list(dict.fromkeys(read))
    assert set(read) == set(FORMATS)
    written = read_table(PAGE, "What is exported")
    assert [row["`--format`"].strip("`") for row in written] == list(WRITERS)


@pytest.mark.parametrize("row", read_table(PAGE, "What is exported"), ids=lambda row: row["how"])
def test_page_says_what_a_format_holds(row):
    words = ("tokens", "spaces", "not annotated", "sentences")
    holds = WRITERS[row["`--format`"].strip("`")].holds
    assert [row[word] for word in words] == ["yes" if one else "no" for one in holds]


@pytest.mark.parametrize("format", [name for name in WRITERS if name not in TABLES])
def test_help_shows_what_is_written(tmp_path, format):
    path = store(tmp_path, Sentence(["Ada", "sings"], [(0, 1, "PER")], []))
    output = tmp_path / "out"
    result = CliRunner().invoke(app, ["export", str(path), str(output), "--format", format])
    assert result.exit_code == 0, result.output
    assert f"Written to {output}: 1 docs, 2 tokens, 1 entities" in " ".join(result.output.split())
    files = sorted(output.iterdir()) if output.is_dir() else [output]
    text = squeeze("".join(one.read_text(encoding="utf8") for one in files))
    example = list_examples()[format].split(":  ")[-1]
    for part in re.split("  below  |  and  ", example):
        pattern = ".*".join(map(re.escape, map(squeeze, part.split("..."))))
        assert re.search(pattern, text), (part, text)


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["export", *map(str, arguments)])
    return result.exit_code, " ".join(result.output.split())


def test_export_refuses_a_folder_with_something_in_it(tmp_path):
    path = store(tmp_path, Sentence(["Ada"], [(0, 1, "PER")], []))
    (tmp_path / "out").mkdir()
    assert run(path, tmp_path / "out", "--format", "brat")[0] == 0
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["0001.ann", "0001.txt"]
    code, out = run(path, tmp_path / "out", "--format", "brat")
    assert code == 1
    assert "expected a new or an empty folder, found a folder of 0001.ann, 0001.txt" in out
    code, out = run(path, tmp_path / "x", "--format", "doccano", "--lang", "zz")
    assert (code, "--lang: expected the code of a language of spaCy" in out) == (1, True)
    code, out = run(path, tmp_path / "x.conll", "--lang", "en")
    assert (code, "--lang: expected a format of texts, CoNLL has tokens" in out) == (1, True)


def test_export_says_how_to_read_it_back_and_what_it_lacks(tmp_path):
    document = Sentence(["Ada", "don't"], [(0, 1, "PER")], [], [True, False], [0, 1])
    path = store(tmp_path, document, Sentence(["Ada"], [], []))
    code, out = run(path, tmp_path / "a.json", "--format", "doccano", "--lang", "en")
    assert code == 0
    assert "doccano has no sentences within a doc: it joins them in 1 docs" in out
    assert "Docs whose spaces are not known: 1, written with one each" in out
    assert "doccano holds no tokens: --lang en makes others of 1 docs" in out
