"""`adaptive-spacy convert` as its user meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import srsly
from spacy.tokens import DocBin
from spacy.vocab import Vocab
from typer.main import get_command
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.conftest import corpus_file

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "assets" / "datasets.yml"

ROWS = "Ada B-PER\nsings O\n\nParis B-LOC\n\nBen B-PER\nRay I-PER\n\nrain O\n"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def convert(runner: CliRunner, *arguments: str | Path) -> tuple[int, str, str]:
    """RETURNS (tuple[int, str, str]): Exit code, stdout, stderr."""
    result = runner.invoke(app, ["convert", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def write(path: Path, text: str = ROWS) -> Path:
    path.write_text(text, encoding="utf8")
    return path


def count_docs(path: Path) -> int:
    return len(list(DocBin().from_disk(path).get_docs(Vocab())))


def test_convert_prints_what_it_wrote(runner, tmp_path):
    path = write(tmp_path / "all.conll")
    code, out, _ = convert(runner, path, tmp_path / "out", "--split", "train=0.5,dev=0.5")
    assert code == 0
    assert (
        "CoNLL, scheme BIO (detected), tag column 1 (detected), token column 0: all.conll"
        in " ".join(out.split())
    )
    rows = [line.split() for line in out.splitlines()]
    assert ["train", "dev"] in rows
    assert ["sentences", "2", "2"] in rows
    assert "Written to" in out
    assert [count_docs(tmp_path / "out" / f"{name}.spacy") for name in ("train", "dev")] == [2, 2]


def test_convert_takes_given_splits_and_options(runner, tmp_path):
    one = write(tmp_path / "a.txt", "1 Åre LOC x\n2 bn x y\n")
    two = write(tmp_path / "b.txt", "1 Åre LOC x\n\n2 Ada PER x\n")
    options = ["--scheme", "bare", "--token-column", "1", "--tag-column", "-2", "--lang", "sv"]
    code, out, _ = convert(runner, f"train={one}", f"dev={two}", tmp_path / "out", *options)
    assert code == 0
    assert "CoNLL, scheme bare, tag column 2, token column 1: a.txt, b.txt" in out
    assert ["-", "PER", "0", "1"] in [line.split() for line in out.splitlines()]
    docs = DocBin().from_disk(tmp_path / "out" / "dev.spacy").get_docs(Vocab())
    assert [doc[0].text for doc in docs] == ["Åre", "Ada"]


def test_convert_warns_of_texts_in_several_splits(runner, tmp_path):
    path = write(tmp_path / "a.conll")
    code, out, _ = convert(runner, f"train={path}", f"dev={path}", tmp_path / "out")
    assert code == 0
    assert "Texts that occur in more than one split: 4 in train and dev" in out


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "a O\nbn\n",
            [],
            "{path}:2: found 'bn' without a tag, expected one; --missing-tag O reads such a token "
            "as outside, --missing-tag mask as not annotated",
        ),
        (
            "a O\nb I-X\nc O\nd I-X\n",
            ["--scheme", "BIO"],
            "{path}:2: found 'I-X' after 'O', expected B-X or I-X before it (scheme BIO); --repair "
            "begins an entity there; {path}:4: found 'I-X' after 'O', expected B-X or I-X before "
            "it (scheme BIO); --repair begins an entity there",
        ),
        ("", [], "{path}: expected rows of a token and its tag, found no row"),
        (
            ROWS,
            ["--format", "brat"],
            "{path}: expected a folder of .txt and .ann files, found a file",
        ),
        (
            ROWS,
            ["--group", "pages"],
            "--group: expected sentences, documents or a number of sentences, got 'pages'",
        ),
        (ROWS, ["--missing-tag", "drop"], "--missing-tag: expected O or mask, got 'drop'"),
        (
            ROWS,
            ["--split", "train=0.8,dev=0.3"],
            "--split: expected shares that sum to at most 1, got 1.1",
        ),
        (
            ROWS,
            ["--split", "train:0.8"],
            "--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got 'train:0.8'",
        ),
        (
            ROWS,
            ["--seed", "0", "--no-stratify"],
            "--no-stratify, --seed: expected --split too, without which nothing is divided",
        ),
        (
            ROWS,
            ["--datasets", "x.yml", "--missing-tag", "O"],
            "--datasets: expected NAME OUTPUT and no further option but --raw, as the recipe says "
            "the rest; got {path}, --missing-tag",
        ),
    ],
)
def test_convert_refuses_in_one_line_and_writes_nothing(runner, tmp_path, text, options, message):
    path = write(tmp_path / "a.conll", text)
    code, out, err = convert(runner, path, tmp_path / "out", *options)
    assert (code, out, err) == (1, "", f"✘ {message.format(path=path)}\n")
    assert [found.name for found in tmp_path.iterdir()] == ["a.conll"]


def test_convert_masks_on_request(runner, tmp_path):
    path = write(tmp_path / "a.conll", "a O\nbn\n")
    code, out, _ = convert(runner, path, tmp_path / "out", "--missing-tag", "mask")
    assert code == 0
    assert ["not", "annotated", "1"] in [line.split() for line in out.splitlines()]


def test_convert_takes_the_options_of_the_conversion(runner, tmp_path):
    path = write(tmp_path / "a.conll", ROWS.replace("B-PER", "I-PER"))
    options = [
        "--format",
        "conll",
        "--scheme",
        "BIO",
        "--repair",
        "--group",
        "2",
        "--shard-size",
        "1",
    ]
    code, out, _ = convert(
        runner, path, tmp_path / "out", *options, "--split", "x=1", "--no-stratify", "--seed", "3"
    )
    assert code == 0
    described = "CoNLL, scheme BIO, tag column 1 (detected), token column 0"
    assert f"{described}, documents of 2 sentences: a.conll" in " ".join(out.split())
    repaired = "Repaired in a.conll: 2 inner tags that continue no entity read as its start"
    assert repaired in " ".join(out.split())
    assert ["documents", "2"] in [line.split() for line in out.splitlines()]
    assert [count_docs(tmp_path / "out" / "x" / f"00{i}.spacy") for i in range(2)] == [1, 1]


def test_convert_takes_a_data_set_by_name(runner, tmp_path):
    raw = corpus_file("swedish_ner_corpus").parent
    options = ["--datasets", DATASETS, "--raw", raw]
    code, out, _ = convert(runner, "swedish_ner_corpus", tmp_path / "out", *options)
    assert code == 0
    described = "CoNLL, scheme bare (detected), tag column 1 (detected), token column 0"
    assert f"{described}: train_corpus.txt, test_corpus.txt" in " ".join(out.split())
    rows = [line.split() for line in out.splitlines()]
    assert ["sentences", "6,196", "689", "2,453"] in rows
    assert ["not", "annotated", "1", "0", "0"] in rows


def test_convert_refuses_unknown_data_set(runner, tmp_path):
    names = ", ".join(srsly.read_yaml(DATASETS))
    code, _, err = convert(runner, "conll03", tmp_path / "out", "--datasets", DATASETS)
    assert code == 1
    assert err == (
        f"✘ conll03: expected a data set of {DATASETS}, which are {names}; to add yours, write a "
        "recipe as the first lines of that file say, or convert files without --datasets\n"
    )


def test_convert_runs_as_a_module(runner, tmp_path):
    path = write(tmp_path / "a.conll", "a O\nbn\n")
    command = [sys.executable, "-m", "adaptive_spacy", "convert", str(path), str(tmp_path / "out")]
    bad = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert bad.returncode == 1
    assert bad.stderr.startswith(f"✘ {path}:2: found 'bn' without a tag")
    assert bad.stderr.count("\n") == 1
    assert convert(runner, path, tmp_path / "out", "--missing-tag", "O")[0] == 0
    assert count_docs(tmp_path / "out" / "a.spacy") == 1


ONES = {"text": "Ada sings", "entities": [[1, 3, "PER"]], "labels": [[5, 9, "VERB"]]}


@pytest.mark.parametrize("prefix", ["", "a.jsonl=", "a="])
def test_convert_takes_options_of_json_for_all_inputs_and_for_one(runner, tmp_path, prefix):
    path = write(tmp_path / "a.jsonl", json.dumps(ONES))
    options = ["--offsets", f"{prefix}from-1", "--spans-key", f"{prefix}entities"]
    code, out, err = convert(runner, f"a={path}", tmp_path / "out", *options)
    assert code == 0, err
    assert "PER" in out
    assert "VERB" not in out


def test_option_is_read_once_for_each_time_that_it_is_given():
    """One that several inputs may have values of is a list: the letters of a text are none."""
    option = {one.name: one for one in get_command(app).commands["convert"].params}
    several = {name for name, one in option.items() if "[INPUT=]" in str(one.metavar)}
    assert {"format", "offsets", "spans_key"} < several
    assert [name for name in several if not option[name].multiple] == []
