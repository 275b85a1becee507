"""Which format a JSON file has, and the same sentences from each."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format
from adaptive_spacy.data.readers.json_formats import JSON_FORMATS, AnyJson
from adaptive_spacy.data.readers.label_studio import LabelStudio
from adaptive_spacy.data.source import Sentence
from tests.data.readers.records import (
    ENTS,
    LISTS,
    OBJECTS,
    OFFSETS,
    READERS,
    RESULT,
    SPACES,
    TEXT,
    TOKEN_SPANS,
    TOKENS,
    VALUES,
    WORDS,
    annotated_docs,
    task,
    to_jsonl,
    to_lists,
    to_sentence,
    write,
)
from tests.tiers import examples

GOOD = [
    ("prodigy", {"text": TEXT, "spans": OBJECTS, "answer": "accept"}),
    ("prodigy", {"text": TEXT, "spans": OBJECTS, "_task_hash": 1, "_input_hash": 2}),
    ("prodigy", {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS, "answer": "accept"}),
    ("prodigy", {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS}),
    ("prodigy", {"text": TEXT, "spans": OBJECTS}),
    ("label-studio", task({"result": RESULT})),
    ("label-studio", task({"result": RESULT}, meta=7, article=TEXT)),
    ("label-studio", {"data": {"text": TEXT}, "completions": [{"result": RESULT}]}),
    ("label-studio", task({"result": RESULT, "was_cancelled": False}, {"result": RESULT[::-1]})),
    ("label-studio", task({"result": []}, {"result": RESULT, "ground_truth": True})),
    ("label-studio", task({"result": [], "was_cancelled": True}, {"result": RESULT})),
    ("label-studio", task({"result": [*RESULT, {"type": "relation", "from_id": "a"}]})),
    ("label-studio-min", {"id": 1, "text": TEXT, "label": VALUES, "annotation_id": 3}),
    ("spacy-v2", [TEXT, {"entities": LISTS}]),
    ("doccano", {"id": 1, "text": TEXT, "label": LISTS}),
    ("doccano", {"id": 1, "text": TEXT, "labels": LISTS, "Comments": []}),
    ("doccano", {"id": 1, "data": TEXT, "label": LISTS}),
    ("doccano", {"id": 1, "text": TEXT, "entities": OFFSETS, "relations": []}),
    ("entities", {"text": TEXT, "entities": LISTS}),
    ("entities", {"text": TEXT, "entities": OBJECTS}),
    ("entities", {"text": TEXT, "spans": LISTS[::-1]}),
    ("entities", {"text": TEXT, "entities": [{**one, "type": one["label"]} for one in OBJECTS]}),
]


@pytest.mark.parametrize(("shape", "record"), GOOD)
def test_json_reads_each_shape_given_or_detected(tmp_path, shape, record):
    contents = [
        json.dumps(record),
        to_jsonl(record),
        "\ufeff" + to_jsonl(record).replace("\n", "\r\n"),
        json.dumps([record]),
        json.dumps([record], indent=2),
    ]
    if isinstance(record, dict):
        contents.append(json.dumps(record, indent=1))
    for content in contents:
        path = write(tmp_path, content)
        assert find_format(path) == shape
        for format in ("auto", shape):
            file = READERS[format](path)
            assert list(file) == [Sentence(WORDS, ENTS, [], SPACES)] == list(file)
            assert file.format is JSON_FORMATS[shape]
            assert not file.repairs
            assert file.describe().endswith("(detected)") == (format == "auto")


def test_json_says_what_it_recognised_and_what_it_did_not_read(tmp_path):
    records = [
        {"text": TEXT, "spans": OBJECTS, "answer": answer}
        for answer in ("reject", "accept", "ignore", "reject")
    ]
    file = AnyJson(write(tmp_path, to_jsonl(*records)))
    assert len(list(file)) == 1
    assert file.describe() == (
        "JSONL of Prodigy (detected); records not read: ignored 1, rejected 2"
    )
    tasks = [task(), task({"result": RESULT, "was_cancelled": True}), task({"result": RESULT})]
    file = LabelStudio(write(tmp_path, tasks))
    assert len(list(file)) == 1
    assert file.describe() == (
        "JSON of Label Studio; records not read: cancelled 1, not annotated 1"
    )


@pytest.mark.parametrize(
    "content",
    ["Ada B-PER\nlives O\n", "[ O\n", "{ O\n", "", '"Ada"'],
)
def test_recognise_leaves_other_formats_alone(tmp_path, content):
    path = write(tmp_path, content)
    assert find_format(path) == "conll"


@pytest.mark.parametrize("content", ['{"a": 1}', '{"text": "Ada', "[]", '[{"text": "\xe9"}'])
def test_recognise_leaves_broken_json_to_its_reader(tmp_path, content):
    path = write(tmp_path, content.encode("latin-1"))
    assert find_format(path) == "jsonl"


WRITERS = {
    "prodigy": lambda text, spans: {
        "text": text,
        "answer": "accept",
        "_view_id": "ner_manual",
        "spans": [{"start": start, "end": end, "label": label} for start, end, label in spans],
    },
    "label-studio": lambda text, spans: task(
        {
            "result": [
                {
                    "type": "labels",
                    "value": {
                        "start": start,
                        "end": end,
                        # Label Studio writes line ends so
                        "text": text[start:end].replace("\n", "\\n"),
                        "labels": [label],
                    },
                }
                for start, end, label in spans
            ]
        },
        text=text,
    ),
    "label-studio-min": lambda text, spans: {
        "text": text,
        "annotation_id": 1,
        **(
            {
                "label": [
                    {"start": start, "end": end, "text": text[start:end], "labels": [label]}
                    for start, end, label in spans
                ]
            }
            if spans
            else {}
        ),
    },
    "spacy-v2": lambda text, spans: [text, {"entities": spans}],
    "doccano": lambda text, spans: {"text": text, "label": spans},
    "entities": lambda text, spans: {"text": text, "entities": spans},
}


@pytest.mark.parametrize("shape", WRITERS)
@pytest.mark.parametrize("layout", ["lines", "list", "indented"])
@examples(30)
@given(docs=st.lists(annotated_docs(), min_size=1, max_size=3), ascii=st.booleans())
def test_json_reads_what_was_written_in_each_shape(shape, layout, docs, ascii):
    records = [WRITERS[shape](doc.text, to_lists(doc, ents)) for doc, ents in docs]
    if layout == "lines":
        content = "".join(json.dumps(one, ensure_ascii=ascii) + "\n" for one in records)
    else:
        content = json.dumps(records, indent=2 if layout == "indented" else None)
    with TemporaryDirectory() as folder:
        file = AnyJson(write(Path(folder), content))
        sentences = list(file)
    assert sentences == [to_sentence(doc, ents) for doc, ents in docs]
    assert file.format is JSON_FORMATS[shape]
    # and back: what was read is written as it was
    again = [
        WRITERS[shape](one.text, to_lists(doc, one.ents))
        for one, (doc, _) in zip(sentences, docs, strict=True)
    ]
    assert json.dumps(again) == json.dumps(records)
