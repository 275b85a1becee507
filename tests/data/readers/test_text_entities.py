"""Texts with entities in the words of many tools, and what holds lists of such records."""

from typing import Any

import pytest
from hypothesis import given

from adaptive_spacy.data.readers.formats import open_source
from tests.data.readers import opened
from tests.data.readers.opened import ADA, TEXT, put, read, refuse
from tests.data.readers.records import LISTS, annotated_docs, to_lists, to_sentence
from tests.tiers import examples

PAIRS = [(0, 3, "PER"), (13, 21, "LOC")]


def objects(start: str, end: str, label: str, **more: Any) -> list[dict[str, Any]]:
    return [{start: s, end: e, label: name, **more} for s, e, name in PAIRS]


@pytest.mark.parametrize(
    "spans",
    [
        objects("begin", "end", "tag"),
        objects("start", "end", "entity_group", score=0.9),
        objects("start", "stop", "type"),
        objects("start_char", "end_char", "label"),
        objects("startOffset", "endOffset", "entity_type"),
        objects("BeginOffset", "EndOffset", "Type"),
        objects("start_idx", "end_idx", "type"),
        [{"offset": s, "length": e - s, "label": name} for s, e, name in PAIRS],
        [{"offset": s, "length": e - s, "category": name} for s, e, name in PAIRS],
        [{"start": s, "end": e, "label": n, "text": TEXT[s:e]} for s, e, n in PAIRS],
        [{"start": s, "end": e, "type": n, "entity": TEXT[s:e]} for s, e, n in PAIRS],
        [{"start": s, "end": e, "entity_group": n, "word": TEXT[s:e]} for s, e, n in PAIRS],
        [[s, e, n, TEXT[s:e]] for s, e, n in PAIRS],
        [[TEXT[s:e], s, e, n] for s, e, n in PAIRS],
        [[s, e, TEXT[s:e], n] for s, e, n in PAIRS],
        [[n, s, e] for s, e, n in PAIRS],
        {"start": [0, 13], "end": [3, 21], "label": ["PER", "LOC"]},
    ],
)
@pytest.mark.parametrize("text_key", ["text", "sentence", "content", "document"])
@pytest.mark.parametrize("spans_key", ["entities", "ents", "spans", "annotations"])
def test_words_of_many_tools_are_read(tmp_path, spans, text_key, spans_key):
    assert read(tmp_path, {text_key: TEXT, spans_key: spans}) == [ADA]


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ([[0, 3, "PER", "LOC"]], "expected one of its strings to be its text, which is 'Ada'"),
        ([[0, 3, "Ada", "Ada"]], "expected one of its strings to be its text"),
        ([[0, 3]], "expected [start, end, label]"),
        ([[0, 3, "PER", "Ada", "x"]], "expected [start, end, label]"),
        ([{"start": 0, "length": "3", "label": "PER"}], 'expected "end"'),
        ([{"offset": 0, "length": 3}], 'expected "label"'),
        ([{"start": 0, "end": 3, "label": "PER", "value": "Bob"}], "found 'Bob' as the text of"),
        (
            [{"entity": "B-PER", "index": 1, "word": "Ada", "start": 0, "end": 3}],
            'make the pipeline with aggregation_strategy="simple"',
        ),
        (["PER", "LOC"], "which are labels of the whole text"),
    ],
)
def test_what_is_no_entity_is_refused(tmp_path, spans, message):
    assert message in refuse(tmp_path, {"text": TEXT, "entities": spans})


def test_several_texts_are_not_guessed(tmp_path):
    message = refuse(tmp_path, {"content": TEXT, "sentence": "x", "entities": LISTS})
    assert 'found texts under "content" and "sentence", expected one' in message
    assert read(tmp_path, {"text": TEXT, "sentence": "x", "entities": LISTS}) == [ADA]


@pytest.mark.parametrize("labels", [["GOOD"], ["GOOD", "LONG"]])
@pytest.mark.parametrize("key", ["label", "labels"])
def test_labels_of_the_text_beside_entities_need_the_key(tmp_path, labels, key):
    record = {"text": TEXT, "entities": LISTS, key: labels}
    assert "; --spans-key entities takes one of them" in refuse(tmp_path, record)
    assert read(tmp_path, record, spans_key="entities") == [ADA]
    assert "labels of the whole text" in refuse(tmp_path, record, spans_key=key)
    assert "--spans-key x: found the keys" in refuse(tmp_path, record, spans_key="x")


def test_any_key_can_be_named(tmp_path):
    assert read(tmp_path, {"text": TEXT, "mine": LISTS}, spans_key="mine") == [ADA]
    tuples = [[TEXT, {"mine": LISTS, "entities": []}]]
    assert read(tmp_path, tuples, spans_key="mine") == [ADA]


@pytest.mark.parametrize(
    ("content", "under"),
    [
        ({"classes": ["PER"], "annotations": [[TEXT, {"entities": LISTS}]]}, "annotations"),
        ({"classes": ["PER"], "annotations": [None, [TEXT, {"entities": LISTS}]]}, "annotations"),
        ({"version": "1", "data": [{"text": TEXT, "entities": LISTS}]}, "data"),
        ({"examples": [{"content": TEXT, "annotations": objects("start", "end", "tag")}]}, "exam"),
        (
            {
                "rasa_nlu_data": {
                    "common_examples": [
                        {
                            "text": TEXT,
                            "intent": "x",
                            "entities": objects("start", "end", "entity", value="a synonym"),
                        }
                    ]
                }
            },
            "rasa_nlu_data.common_examples",
        ),
    ],
)
def test_lists_within_objects_are_found(tmp_path, content, under):
    assert read(tmp_path, content) == [ADA]
    assert f'under "{under}' in open_source(put(tmp_path, content)).describe()


def test_what_is_wrong_within_a_list_is_placed(tmp_path):
    content = {"classes": [], "annotations": [None, [TEXT, {"entities": [[0, 99, "X"]]}]]}
    assert refuse(tmp_path, content).startswith(":1: annotations[1]: found an entity from 0 to 99")
    content = {part: [{"text": TEXT, "entities": LISTS}] for part in ("train", "dev")}
    assert "found records under train and dev, expected one list" in refuse(tmp_path, content)


def test_texts_that_were_not_annotated_are_counted(tmp_path):
    content = {"classes": [], "annotations": [None, [TEXT, {"entities": LISTS}], None]}
    found = open_source(put(tmp_path, content)).describe()
    assert found.endswith("; records not read: not annotated 2")


CHINESE = "浙商银行企业信贷部叶老桂博士"


@pytest.mark.parametrize(
    ("label", "ents"),
    [
        ({"name": {"叶老桂": [[9, 11]]}}, [("叶老桂", "name")]),
        ({"name": {"叶老桂": [[9, 11]]}, "company": {"浙商银行": [[0, 3]]}}, None),
        ({}, []),
        ({"name": {}}, []),
    ],
)
def test_types_with_texts_end_with_the_last_character(tmp_path, label, ents):
    (found,) = read(tmp_path, {"text": CHINESE, "label": label}, lang="zh")
    assert found.ents == (
        ents if ents is not None else [("浙商银行", "company"), ("叶老桂", "name")]
    )


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ({"name": {"叶老桂": [[9, 12]]}}, "(--offsets exclusive)"),
        ({"name": {"叶老桂": [[0, 2]]}}, "found '叶老桂' as the text of an entity from 0 to 3"),
        ({"name": {"叶老桂": [[9]]}}, "expected [start, end]"),
        ({"name": {"叶老桂": 9}}, "expected a list"),
    ],
)
def test_types_with_other_offsets_are_refused(tmp_path, label, message):
    record = {"text": CHINESE, "label": label}
    assert message in refuse(tmp_path, record, lang="zh")
    if "exclusive" in message:
        assert read(tmp_path, record, lang="zh", offsets="exclusive")[0].ents


def dataturks(*points: tuple[int, int], labels: Any = ("PER",)) -> dict[str, Any]:
    found = [{"start": s, "end": e, "text": TEXT[s : e + 1]} for s, e in points]
    return {
        "content": TEXT,
        "annotation": [{"label": list(labels), "points": [one]} for one in found],
        "extras": None,
        "metadata": {},
    }


def test_dataturks_ends_with_the_last_character(tmp_path):
    assert [one.ents for one in read(tmp_path, dataturks((0, 2)))] == [[("Ada", "PER")]]
    assert read(tmp_path, dataturks())[0].ents == []
    message = refuse(tmp_path, {**dataturks(), "annotation": None})
    assert message == ": expected annotated records, found none: not annotated 1"
    assert "found 2 labels of one entity" in refuse(tmp_path, dataturks((0, 2), labels=("A", "B")))
    bad = dataturks((0, 2))
    bad["annotation"][0]["points"][0]["text"] = "Bob"
    assert "found 'Bob' as the text of an entity from 0 to 3" in refuse(tmp_path, bad)


def test_chinese_is_hinted_its_tokenizer_and_not_a_repair(tmp_path):
    record = {"text": CHINESE, "entities": [[9, 12, "name"]]}
    assert "--lang zh makes tokens of text that is written without" in refuse(tmp_path, record)
    assert read(tmp_path, record, lang="zh")[0].ents == [("叶老桂", "name")]


@examples(40)
@given(one=annotated_docs())
def test_types_with_texts_are_read_as_they_were_written(one, tmp_path_factory):
    doc, ents = one
    label: dict[str, dict[str, list[list[int]]]] = {}
    for start, end, name in to_lists(doc, ents):
        label.setdefault(name, {}).setdefault(doc.text[start:end], []).append([start, end - 1])
    path = put(tmp_path_factory.mktemp("x"), {"text": doc.text, "label": label})
    assert list(open_source(path, format="types")) == [to_sentence(doc, ents)]


def test_spans_beside_other_entities_are_refused_or_chosen(tmp_path):
    record = {"text": "Emma left", "spans": [{"start": 0, "end": 4, "label": "PER"}]}
    record["entities"] = [{"start": 5, "end": 9, "label": "ACT"}]
    message = opened.refuse(tmp_path, record)
    assert 'found entities under "spans" and "entities", expected them under one key' in message
    for key, found in (("spans", ("Emma", "PER")), ("entities", ("left", "ACT"))):
        assert opened.read(tmp_path, record, spans_key=key)[0].ents == [found]


def test_entities_under_another_key_are_hinted_at(tmp_path):
    record = {"text": "Emma left", "ner": [[0, 4, "PER"]], "rank": [[1, 2]]}
    assert opened.refuse(tmp_path, record).endswith("; --spans-key ner takes its entities")
    assert opened.read(tmp_path, record, spans_key="ner")[0].ents == [("Emma", "PER")]


def test_types_with_a_score_are_refused(tmp_path):
    spans = [{"start_pos": 0, "end_pos": 4, "labels": ["PER (0.97)"]}]
    message = opened.refuse(tmp_path, {"text": "Emma left", "entities": spans})
    assert "found the label 'PER (0.97)', a type with a score" in message
