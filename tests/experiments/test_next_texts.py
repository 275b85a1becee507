"""Which texts to label next: doubts and distances by hand, and files that tools import."""

import json
import shutil
from pathlib import Path

import numpy
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.experiments.next_texts import Candidate, choose, judge
from tests.conftest import SENTENCES, write_corpus, write_shards
from tests.ner.pipelines import learn, make_nlp

VOCAB = spacy.blank("xx").vocab


def candidate(name: str, doubts: float, *vector: float) -> Candidate:
    return Candidate(
        Doc(VOCAB, words=[name]), doubts, numpy.array(vector, dtype="float32") if vector else None
    )


def names(chosen: list[Candidate]) -> str:
    return "".join(one.doc[0].text for one in chosen)


def test_second_text_of_a_kind_counts_less() -> None:
    # a and b are alike, c points the other way; the mean of the vectors is 0
    texts = [candidate("a", 5, 1, 0), candidate("b", 4, 1, 0), candidate("c", 3, -2, 0)]
    assert names(choose(texts, 3)) == "acb"
    assert names(choose(texts, 2)) == "ac"
    # without the twins' likeness it would be the doubts alone
    assert names(choose([candidate(one, 5 - i) for i, one in enumerate("abc")], 3)) == "abc"


def test_distance_is_from_the_nearest_that_is_taken() -> None:
    texts = [
        candidate("a", 9, 1, 0),
        candidate("b", 8, -1, 0),
        # right angles to both: half of 6 is more than next to nothing of 8
        candidate("c", 6, 0, 1),
        candidate("d", 5, 0, -1),
        candidate("e", 8, 1, 0),
    ]
    assert names(choose(texts, 5)) == "abcde"


def test_texts_without_doubts_are_chosen_last_and_each_once() -> None:
    texts = [candidate("a", 0, 1, 0), candidate("b", 1, 0, 1), candidate("c", 0)]
    assert names(choose(texts, 9)) == "bac"
    assert choose([], 3) == []


@pytest.fixture(scope="module")
def pipeline(transformer_folder: Path) -> Language:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    nlp.add_pipe("transformer_cleaner")
    return nlp


def test_each_new_text_is_judged_once_and_leaves_no_vectors(pipeline: Language) -> None:
    texts = ["Ada lives in Paris .", "Ray calls", "Ray  calls", "Paris calls", "it rains"]
    found = judge(pipeline, texts, {"Paris calls "})
    assert [one.doc.text for one in found] == ["Ada lives in Paris .", "Ray calls", "it rains"]
    assert all(one.doubts >= 0 for one in found)
    assert all(one.vector is not None and one.vector.shape == (32,) for one in found)
    assert [one.doc._.trf_data for one in found] == [None] * 3
    # and the pipeline is as it was
    assert pipeline.pipe_names[-1] == "transformer_cleaner"
    with pytest.raises(ValueError, match="expected a pipeline with transformer_ner"):
        judge(spacy.blank("xx"), texts, set())


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory, pipeline: Language) -> Path:
    """A training's folder, with its labels beside it."""
    folder = tmp_path_factory.mktemp("next")
    for split in ("train", "dev"):
        write_corpus(folder / f"{split}.spacy", SENTENCES[: 4 if split == "train" else 1])
        pipeline.config["paths"][split] = str(folder / f"{split}.spacy")
        pipeline.config["corpora"] = {
            one: {"@readers": "adaptive_spacy.Corpus.v1", "path": f"${{paths.{one}}}"}
            for one in ("train", "dev")
        }
    (folder / "training").mkdir()
    pipeline.to_disk(folder / "training" / "model-last")
    return folder / "training"


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["suspects", *map(str, arguments)])
    return result.exit_code, result.output


LINES = [text for text, _ in SENTENCES] + ["Ray York Ben", "", "nothing rains", "Ray York Ben"]
NEW = {*LINES[4:], "Ray York Ben", "nothing rains"} - {""}


@pytest.mark.parametrize("kind", ["txt", "jsonl", "spacy", "shards"])
def test_texts_without_labels_are_ranked(training: Path, tmp_path: Path, kind: str) -> None:
    suffix = "spacy" if kind == "shards" else kind
    pool, output = tmp_path / f"pool.{suffix}", tmp_path / "out.jsonl"
    if kind == "txt":
        pool.write_text("\n".join(LINES), encoding="utf8")
    elif kind == "jsonl":
        pool.write_text("\n".join(json.dumps({"text": one}) for one in LINES), encoding="utf8")
    else:
        DocBin(docs=[Doc(VOCAB, words=one.split()) for one in LINES]).to_disk(pool)
    if kind == "shards":
        pool = write_shards(tmp_path, tmp_path / "shards") / "pool.spacy"
    code, out = run(training, "--next", pool, "--output", output, "--count", "3")
    assert code == 0, out
    assert f"3 of {len(NEW)} texts that are new" in out
    rows = [json.loads(line) for line in output.read_text(encoding="utf8").splitlines()]
    assert len({row["text"].strip() for row in rows} & NEW) == 3
    assert rows[0]["doubts"] == max(row["doubts"] for row in rows)


@pytest.mark.parametrize("tool", ["prodigy", "doccano", "label-studio"])
def test_tools_get_the_suggestions(training: Path, tmp_path: Path, tool: str) -> None:
    pool = tmp_path / "pool.txt"
    pool.write_text("\n".join(LINES), encoding="utf8")
    output = tmp_path / ("next.json" if tool == "label-studio" else "next.jsonl")
    code, out = run(training, "--next", pool, "--output", output, "--format", tool)
    assert code == 0, out
    if tool == "label-studio":
        tasks = json.loads(output.read_text(encoding="utf8"))
        # suggestions: what nobody has annotated is no annotation
        assert {*tasks[0]} == {"data", "predictions"}
        assert {task["data"]["text"] for task in tasks} == NEW
        spans = [
            one["value"]["labels"] for task in tasks for one in task["predictions"][0]["result"]
        ]
        assert ["PER"] in spans
        return
    convert([output], tmp_path / "corpus", format=tool, lang="en")
    docs = list(read_docs(tmp_path / "corpus" / "next.spacy", spacy.blank("xx").vocab))
    assert {doc.text for doc in docs} == NEW
    assert "PER" in {ent.label_ for doc in docs for ent in doc.ents}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pool.csv", b"Ada", "pool.csv: expected a file of texts: .txt"),
        ("pool.txt", b"\n \n", "pool.txt: expected texts, found none"),
        ("pool.jsonl", b'{"txt": "Ada"}\n', "pool.jsonl, record 1: expected a string as its text"),
        ("pool.txt", b"Ada lives in Paris .\n", "pool.txt: expected texts that the training had"),
        # the command takes no --encoding
        (
            "pool.txt",
            b"Ada in a caf\xe9\n",
            "pool.txt:1: found byte 0xe9, expected utf-8 text; as latin-1 it reads "
            "'Ada in a café'; if that is right, save it as UTF-8",
        ),
        (
            "pool.txt",
            "Ada lives\n".encode("utf-16"),
            "found UTF-16 by its byte order mark; save it as UTF-8",
        ),
        (
            "pool.txt",
            "Ada lives\n".encode("utf-16-le"),
            "found a NUL character, expected utf-8 text; as utf-16-le it reads 'Ada lives'",
        ),
        ("pool.txt", b"a\t\x81\x8d\x8f\x90\x9d\n", "save it as UTF-8, from the one that it was"),
    ],
)
def test_pool_that_says_nothing_is_refused_in_one_line(
    training: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    pool = tmp_path / name
    pool.write_bytes(content)
    code, out = run(training, "--next", pool, "--output", tmp_path / "out.jsonl")
    assert code == 1
    line = " ".join(out.split())
    assert said in line
    # it is the file's fault
    assert line.startswith(f"✘ {tmp_path}/pool."), line
    assert not (tmp_path / "out.jsonl").exists()


def test_labels_beside_texts_without_are_refused(training: Path, tmp_path: Path) -> None:
    pool = tmp_path / "pool.txt"
    pool.write_text("Ray calls", encoding="utf8")
    code, out = run(training, "--next", pool, "--corpus", pool)
    assert (code, "expected no --corpus beside it" in out) == (1, True)
    code, out = run(training, "--next", pool, "--share", "0.1")
    assert (code, "expected no --share beside it" in out) == (1, True)
    # and what means nothing without it
    code, out = run(training, "--count", "3")
    assert (code, "--count: expected --next" in out) == (1, True)
    code, out = run(tmp_path, "--next", pool)
    assert (code, "expected the output folder of a training" in " ".join(out.split())) == (1, True)


def test_corpora_that_are_gone_are_told_of(training: Path, tmp_path: Path) -> None:
    moved = tmp_path / "training"
    shutil.copytree(training, moved)
    config = moved / "model-last" / "config.cfg"
    text = config.read_text(encoding="utf8").replace("train.spacy", "gone.spacy")
    config.write_text(text, encoding="utf8")
    pool = tmp_path / "pool.txt"
    pool.write_text("\n".join(LINES), encoding="utf8")
    with pytest.warns(UserWarning, match="texts that it has labels of may be chosen again"):
        code, out = run(moved, "--next", pool, "--count", "1")
    assert code == 0
    # and those of the training are among them
    assert f"1 of {len({*LINES} - {''})} texts that are new" in out
