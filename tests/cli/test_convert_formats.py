"""`adaptive-spacy convert` on a file of every format: recognised, or named by --format."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import DocBin
from spacy.vocab import Vocab
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.readers.formats import FORMATS
from tests.cli.text_formats import SPANS, TEXT, TEXT_WRITERS, WORDS

TAGS = ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]
ENTS = [("Ada", "PER"), ("New York", "LOC")]


def as_objects(*keys: str) -> list[dict[str, Any]]:
    return [dict(zip(keys, span, strict=True)) for span in SPANS]


def as_result() -> list[dict[str, Any]]:
    return [
        {"type": "labels", "value": {"start": start, "end": end, "labels": [label]}}
        for start, end, label in SPANS
    ]


def write_jsonl(folder: Path, record: Any) -> Path:
    path = folder / "corpus.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return path


def write_json(folder: Path, record: Any) -> Path:
    path = folder / "corpus.json"
    path.write_text(json.dumps([record], indent=2), encoding="utf-8")
    return path


def write_conll(folder: Path) -> Path:
    path = folder / "corpus.conll"
    rows = [f"{word}\t{tag}\n" for word, tag in zip(WORDS, TAGS, strict=True)]
    path.write_text("".join(rows), encoding="utf-8")
    return path


def write_conllu(folder: Path) -> Path:
    path = folder / "corpus.conllu"
    rows = [
        "\t".join((str(number), word, *"_______", f"NE={tag}")) + "\n"
        for number, (word, tag) in enumerate(zip(WORDS, TAGS, strict=True), 1)
    ]
    path.write_text("".join(rows), encoding="utf-8")
    return path


def write_conll_2012(folder: Path) -> Path:
    path = folder / "corpus.v4_gold_conll"
    brackets = ["(PER)", "*", "*", "(LOC*", "*)", "*"]
    rows = [
        f"bc/a 0 {number} {word} X * - - - - {bracket} -\n"
        for number, (word, bracket) in enumerate(zip(WORDS, brackets, strict=True))
    ]
    path.write_text(f"#begin document (bc/a); part 000\n{''.join(rows)}\n#end document\n")
    return path


def write_csv(folder: Path) -> Path:
    path = folder / "corpus.csv"
    rows = [f"{word},{tag}\n" for word, tag in zip(WORDS, TAGS, strict=True)]
    path.write_text(f"word,tag\n{''.join(rows)}", encoding="utf-8")
    return path


def write_lines(folder: Path) -> Path:
    path = folder / "corpus.iob"
    pairs = [f"{word}|{tag}" for word, tag in zip(WORDS, TAGS, strict=True)]
    path.write_text(" ".join(pairs) + "\n", encoding="utf-8")
    return path


def write_webanno(folder: Path) -> Path:
    path = folder / "corpus.tsv"
    values, rows, at = ["PER", "_", "_", "LOC[1]", "LOC[1]", "_"], [], 0
    for number, (word, value) in enumerate(zip(WORDS, values, strict=True), 1):
        at = TEXT.index(word, at)
        rows.append(f"1-{number}\t{at}-{at + len(word)}\t{word}\t{value}\t\n")
    head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|value\n\n\n#Text=Ada\n"
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


def write_brat(folder: Path) -> Path:
    path = folder / "corpus"
    path.mkdir()
    (path / "a.txt").write_text(TEXT, encoding="utf-8")
    (path / "a.ann").write_text("T1\tPER 0 3\tAda\nT2\tLOC 13 21\tNew York\n", encoding="utf-8")
    return path


def write_parquet(folder: Path) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra `hub`")
    from pyarrow import parquet

    path = folder / "corpus.parquet"
    parquet.write_table(pyarrow.table({"tokens": [WORDS], "ner_tags": [TAGS]}), path)
    return path


def write_parquet_records(folder: Path) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra `hub`")
    from pyarrow import parquet

    path = folder / "corpus.parquet"
    columns = {"text": [TEXT], "entities": [as_objects("start", "end", "label")]}
    parquet.write_table(pyarrow.table(columns), path)
    return path


def write_saved(folder: Path) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra `hub`")
    path = folder / "corpus"
    path.mkdir()
    names = sorted(set(TAGS))
    feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
    (path / "dataset_info.json").write_text(json.dumps({"features": {"ner_tags": feature}}))
    (path / "state.json").write_text('{"_data_files": [{"filename": "data.arrow"}]}')
    table = pyarrow.table({"tokens": [WORDS], "ner_tags": [[names.index(tag) for tag in TAGS]]})
    with pyarrow.ipc.new_stream(path / "data.arrow", table.schema) as writer:
        writer.write_table(table)
    return path


#: what is said of a file whose reader says more than its title
TITLES = {
    "csv-records": "CSV of texts with entities",
    "hub-records": "Hugging Face data of texts with entities",
}
#: the format that is recognised, and what writes a file of it
WRITERS: list[tuple[str, Callable[[Path], Path]]] = [
    ("conll", write_conll),
    ("conllu", write_conllu),
    ("conll-2012", write_conll_2012),
    ("csv", write_csv),
    ("lines", write_lines),
    ("webanno", write_webanno),
    (
        "prodigy",
        lambda folder: write_jsonl(
            folder,
            {"text": TEXT, "spans": as_objects("start", "end", "label"), "answer": "accept"},
        ),
    ),
    (
        "label-studio",
        lambda folder: write_json(
            folder, {"data": {"text": TEXT}, "annotations": [{"result": as_result()}]}
        ),
    ),
    (
        "label-studio-min",
        lambda folder: write_json(
            folder,
            {"text": TEXT, "label": [one["value"] for one in as_result()], "annotation_id": 1},
        ),
    ),
    ("spacy-v2", lambda folder: write_json(folder, [TEXT, {"entities": SPANS}])),
    (
        "spacy-v2-json",
        lambda folder: write_json(
            folder,
            {
                "paragraphs": [
                    {
                        "sentences": [
                            {
                                "tokens": [
                                    {"orth": word, "ner": tag}
                                    for word, tag in zip(WORDS, TAGS, strict=True)
                                ]
                            }
                        ]
                    }
                ]
            },
        ),
    ),
    ("tokens", lambda folder: write_jsonl(folder, {"tokens": WORDS, "ner_tags": TAGS})),
    ("doccano", lambda folder: write_jsonl(folder, {"text": TEXT, "label": SPANS})),
    (
        "doccano",
        lambda folder: write_jsonl(
            folder, {"text": TEXT, "entities": as_objects("start_offset", "end_offset", "label")}
        ),
    ),
    ("entities", lambda folder: write_jsonl(folder, {"text": TEXT, "entities": SPANS})),
    ("brat", write_brat),
    ("hub", write_parquet),
    ("hub", write_saved),
    ("hub-records", write_parquet_records),
    *TEXT_WRITERS,
]


def convert(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["convert", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(("format", "write"), WRITERS)
def test_convert_reads_each_format_given_or_recognised(tmp_path, format, write):
    path = write(tmp_path)
    outputs = [convert(path, tmp_path / "a"), convert(path, tmp_path / "b", "--format", format)]
    (doc,) = DocBin().from_disk(tmp_path / "a" / "corpus.spacy").get_docs(Vocab())
    assert [token.text for token in doc] == WORDS
    assert [(ent.text, ent.label_) for ent in doc.ents] == ENTS
    assert {token.ent_iob_ for token in doc} == {"B", "I", "O"}
    for output in outputs:
        assert TITLES.get(format, FORMATS[format].title) in output
    bytes_of_both = [(tmp_path / name / "corpus.spacy").read_bytes() for name in ("a", "b")]
    assert bytes_of_both[0] == bytes_of_both[1]


def test_convert_mends_offsets_only_when_told_and_prints_it(tmp_path):
    path = write_jsonl(tmp_path, {"text": TEXT, "entities": [[0, 2, "PER"], [13, 21, "LOC"]]})
    result = CliRunner().invoke(app, ["convert", str(path), str(tmp_path / "a")])
    assert result.exit_code == 1
    assert result.output.strip() == (
        f"✘ {path}:1: found 'Ad' (0 to 2, PER), which ends inside the token 'Ada' (0 to 3), "
        "expected whole tokens; --repair widens it to these"
    )
    assert not (tmp_path / "a").exists()
    assert "1 entities widened to whole tokens" in convert(path, tmp_path / "a", "--repair")


def test_every_format_is_converted_here():
    assert {name for name, _ in WRITERS} | {"jsonl"} == set(FORMATS)


def test_help_lists_every_format_with_a_line():
    result = CliRunner().invoke(app, ["convert", "--help"])
    blocks = result.output.split("docs/data.md", 1)[1].split("Divide one file:")[0]
    examples = {
        name: example
        for line in blocks.splitlines()
        for names, _, example in [line.strip().partition("  ")]
        for name in names.split(", ")
    }
    for name in FORMATS:
        assert len(examples[name].strip()) >= len("Ada B-PER"), name
