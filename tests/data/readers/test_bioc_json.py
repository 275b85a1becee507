"""BioC in XML and in JSON."""

import json
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format, open_source
from tests.data.readers.opened import Read, put, read, refuse
from tests.data.readers.records import annotated_docs, to_lists, to_sentence
from tests.tiers import examples

FOUND = [Read("Ada & co sing", [("Ada", "PER")], []), Read("In Paris.", [("Paris", "LOC")], [])]
PASSAGES = [(0, "Ada & co sing", [(0, 3, "PER")]), (100, "In Paris.", [(3, 8, "LOC")])]


def to_xml(passages: Any, unit: str = "passage") -> str:
    parts = ['<?xml version="1.0"?><!DOCTYPE collection SYSTEM "BioC.dtd">']
    parts.append("<collection><source>x</source><document><id>1</id>")
    for offset, text, spans in passages:
        parts.append(f"<{unit}><infon key='type'>t</infon><offset>{offset}</offset>")
        parts.append(f"<text>{escape(text)}</text>")
        for start, end, label in spans:
            parts.append(f'<annotation id="a"><infon key="type">{escape(label)}</infon>')
            parts.append(f'<location offset="{offset + start}" length="{end - start}"/>')
            parts.append(f"<text>{escape(text[start:end])}</text></annotation>")
        parts.append(f"</{unit}>")
    return "".join(parts) + "</document></collection>"


def to_json(passages: Any) -> dict[str, Any]:
    found = [
        {
            "offset": offset,
            "infons": {},
            "text": text,
            "annotations": [
                {
                    "infons": {"type": label},
                    "text": text[start:end],
                    "locations": [{"offset": offset + start, "length": end - start}],
                }
                for start, end, label in spans
            ],
        }
        for offset, text, spans in passages
    ]
    return {"source": "x", "documents": [{"id": "1", "passages": found}]}


def test_passages_are_texts(tmp_path):
    for content, format in ((to_xml(PASSAGES), "bioc"), (to_json(PASSAGES), "bioc-json")):
        assert find_format(put(tmp_path, content)) == format
        assert read(tmp_path, content) == FOUND
    # a document a line
    lines = json.dumps(to_json(PASSAGES)["documents"][0])
    assert read(tmp_path, f"{lines}\n{lines}\n") == FOUND * 2


def test_sentences_of_a_passage_are_texts(tmp_path):
    inner = to_xml(PASSAGES, "sentence").split("<id>1</id>")[1].split("</document>")[0]
    head = to_xml([]).split("</document>")[0]
    content = f"{head}<passage><offset>0</offset>{inner}</passage></document></collection>"
    assert read(tmp_path, content) == FOUND
    passages = to_json(PASSAGES)["documents"][0]["passages"]
    document = {"passages": [{"offset": 0, "sentences": passages, "annotations": []}]}
    assert read(tmp_path, {"documents": [document]}) == FOUND


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('offset="103"', 'offset="104"', "found 'Paris' as the text of an entity from 4 to 9"),
        ('length="5"', 'length="x"', "expected two numbers"),
        ("<offset>100</offset>", "<offset>?</offset>", "found '?' as the offset of a passage"),
        ('<infon key="type">LOC</infon>', "", "found an entity without a type, 'Paris'"),
        ("</collection>", "", "found what is no XML"),
        ("<source>", "<source>&#0;", "found what is no XML"),
        ('SYSTEM "BioC.dtd"', '[<!ENTITY a "b">]', "that a document type declares"),
        (
            '<location offset="103" length="5"/>',
            '<location offset="103" length="2"/><location offset="105" length="3"/>',
            "found an entity with 2 locations",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path, old, new, message):
    text = to_xml(PASSAGES)
    assert old in text
    assert message in refuse(tmp_path, text.replace(old, new))


def test_no_other_file_is_read(tmp_path):
    (tmp_path / "secret").write_text("secret")
    head = f'<!DOCTYPE collection [<!ENTITY x SYSTEM "{tmp_path / "secret"}">]>'
    text = to_xml(PASSAGES).replace('<!DOCTYPE collection SYSTEM "BioC.dtd">', head)
    assert "that a document type declares" in refuse(tmp_path, text.replace("In ", "&x; "))


@examples(40)
@given(docs=st.lists(annotated_docs(), min_size=1, max_size=3))
def test_what_was_written_is_read(docs, tmp_path_factory):
    kept = [(doc, ents) for doc, ents in docs if doc.text.strip() and "\r" not in doc.text]
    passages = [(10 * i, doc.text, to_lists(doc, ents)) for i, (doc, ents) in enumerate(kept)]
    folder = tmp_path_factory.mktemp("x")
    if kept:
        for content in (to_xml(passages), to_json(passages)):
            found = list(open_source(put(folder, content)))
            assert found == [to_sentence(doc, ents) for doc, ents in kept]
