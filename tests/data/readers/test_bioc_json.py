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


ENTITY = {"infons": {"type": "PER"}, "text": "Ada", "locations": [{"offset": 0, "length": 3}]}
XML_ENTITY = (
    '<annotation><infon key="type">PER</infon><location offset="0" length="3"/><text>Ada</text>'
    "</annotation>"
)
SENTENCE = {"offset": 0, "text": "Ada sings."}


def passage(*, text: str = "", entity: bool = False, sentences: list[Any] | None = None) -> Any:
    """RETURNS (dict[str, Any]): A passage; without a key for what it has not."""
    found: dict[str, Any] = {"offset": 0, "text": text} if text else {"offset": 0}
    return {
        **found,
        **({"annotations": [ENTITY]} if entity else {}),
        **({} if sentences is None else {"sentences": sentences}),
    }


def as_xml(part: dict[str, Any], name: str = "passage") -> str:
    """RETURNS (str): The same passage in XML."""
    text = f"<text>{part['text']}</text>" if "text" in part else ""
    inner = "".join(as_xml(one, "sentence") for one in part.get("sentences", []))
    entity = XML_ENTITY if "annotations" in part else ""
    return f"<{name}><offset>0</offset>{text}{entity}{inner}</{name}>"


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (
            passage(text="Ada sings. So.", entity=True, sentences=[SENTENCE]),
            "found entities of a passage beside its sentences, expected them in these",
        ),
        (
            passage(entity=True),
            "found entities of a passage without a text, expected one with it",
        ),
        (
            passage(sentences=[passage(entity=True), SENTENCE]),
            "found entities of a sentence without a text, expected one with it",
        ),
    ],
)
def test_entities_of_what_is_no_text_are_refused(tmp_path, part, message):
    document = {"passages": [passage(text="So."), part]}
    assert message in refuse(tmp_path, {"documents": [document]})
    inner = "".join(map(as_xml, document["passages"]))
    xml = f"<collection><document><id>1</id>{inner}</document></collection>"
    assert message in refuse(tmp_path, xml)


def test_entities_outside_of_passages_are_refused(tmp_path):
    message = "found entities outside of passages, expected them in one"
    document = {"passages": [passage(text="Ada sings.")]}
    owned = {"annotations": [ENTITY]}
    inner = as_xml(passage(text="Ada sings."))
    for content in (
        {"documents": [{**document, **owned}]},
        {"documents": [document], **owned},
        f"<collection><document>{inner}{XML_ENTITY}</document></collection>",
        f"<collection><document>{inner}</document>{XML_ENTITY}</collection>",
    ):
        assert message in refuse(tmp_path, content)


def test_a_passage_whose_sentences_have_no_text_is_a_text(tmp_path):
    part = passage(text="Ada sings.", entity=True, sentences=[passage()])
    found = [Read("Ada sings.", [("Ada", "PER")], [])]
    assert read(tmp_path, {"documents": [{"passages": [part]}]}) == found
    xml = f"<collection><document>{as_xml(part)}</document></collection>"
    assert read(tmp_path, xml) == found


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
