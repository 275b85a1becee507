"""Records of annotation tools, good ones and random ones, for the tests of their readers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from adaptive_spacy.data.readers.json_formats import JSON_FORMATS, AnyJson
from adaptive_spacy.data.readers.reader import Reader
from adaptive_spacy.data.source import Sentence

READERS: dict[str, Reader] = {"auto": AnyJson, **JSON_FORMATS}

Ents = list[tuple[int, int, str]]
VOCAB = Vocab()
TOKENIZER = spacy.blank("xx").tokenizer
TEXT = "Ada lives in New York."
WORDS = ["Ada", "lives", "in", "New", "York", "."]
ENTS = [(0, 1, "PER"), (3, 5, "LOC")]
SPACES = [True, True, True, True, False, False]


def write(folder: Path, content: Any, name: str = "file.jsonl") -> Path:
    """Bytes and text as they are, a list of lines as JSONL, any other value as JSON."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8", newline="")
    return path


def to_jsonl(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


LISTS = [[0, 3, "PER"], [13, 21, "LOC"]]
OBJECTS = [{"start": start, "end": end, "label": label} for start, end, label in LISTS]
OFFSETS = [
    {"id": 1, "start_offset": start, "end_offset": end, "label": label}
    for start, end, label in LISTS
]
VALUES = [
    {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    for start, end, label in LISTS
]
RESULT = [
    {"id": "a", "from_name": "label", "to_name": "text", "type": "labels", "value": value}
    for value in VALUES
]
TOKENS = [
    {"text": word, "start": start, "end": start + len(word), "id": i, "ws": space}
    for i, (word, start, space) in enumerate(
        zip(WORDS, (0, 4, 10, 13, 17, 21), SPACES, strict=True)
    )
]
TOKEN_SPANS = [
    {**OBJECTS[0], "token_start": 0, "token_end": 0},
    {**OBJECTS[1], "token_start": 3, "token_end": 4},
]


def task(*annotations: Any, **data: Any) -> dict[str, Any]:
    """A task of Label Studio."""
    return {"id": 1, "data": data or {"text": TEXT}, "annotations": list(annotations)}


TAGS = ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]
BILOU = ["U-PER", "O", "-", "B-LOC", "L-LOC", "O"]
ORTHS = [{"orth": word, "ner": tag} for word, tag in zip(WORDS, BILOU, strict=True)]


def entities(*spans: Any, text: Any = TEXT) -> dict[str, Any]:
    return {"text": text, "entities": list(spans)}


def prodigy(**changes: Any) -> dict[str, Any]:
    return {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS, "answer": "accept", **changes}


def read_error(path: Path, reader: Reader = AnyJson, **options: Any) -> str:
    with pytest.raises(ValueError) as info:  # noqa: PT011 (the callers compare the whole message)
        reader(path, **options)
    return str(info.value)


def tagged(words: Any = WORDS, tags: Any = TAGS) -> dict[str, Any]:
    return {"tokens": words, "ner_tags": tags}


#: what a tokenizer or an offset may trip over: marks, astral characters, odd white space
ALPHABET = "aAß ä\u0301\u200b\u200d🎉👩.,-'\"()\\/\n\t\r\xa0\u3000\u2028中ا0"
LABELS = st.sampled_from(["PER", "LOC", "B-cell", "Ärzte", "a b"])


@st.composite
def annotated_docs(draw: st.DrawFn) -> tuple[Doc, Ents]:
    """A doc with tokens as spaCy makes them, and its entities in tokens."""
    doc = TOKENIZER(draw(st.text(ALPHABET, max_size=30)))
    return doc, draw_entities(draw, doc)


@st.composite
def tokenized_docs(draw: st.DrawFn) -> tuple[Doc, Ents]:
    """A doc with any tokens, and its entities in tokens."""
    words = draw(st.lists(st.text(ALPHABET, min_size=1, max_size=5), max_size=8))
    spaces = draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    doc = Doc(VOCAB, words=words, spaces=spaces)
    return doc, draw_entities(draw, doc, own_tokens=True)


def draw_entities(draw: st.DrawFn, doc: Doc, own_tokens: bool = False) -> Ents:
    ents, at = [], 0
    while at < len(doc):
        end = draw(st.integers(at, len(doc)))
        text = doc[at:end].text
        if text and (own_tokens or text.strip() == text):
            ents.append((at, end, draw(LABELS)))
        at = max(at + 1, end)
    return ents


def to_sentence(doc: Doc, ents: Ents, missing: Sequence[int] = ()) -> Sentence:
    words, spaces = [token.text for token in doc], [bool(token.whitespace_) for token in doc]
    return Sentence(words, ents, [*missing], spaces)


def to_lists(doc: Doc, ents: Ents) -> Ents:
    spans = [doc[start:end] for start, end, _ in ents]
    labels = [label for _, _, label in ents]
    return [(one.start_char, one.end_char, x) for one, x in zip(spans, labels, strict=True)]


@st.composite
def tagged_sentences(draw: st.DrawFn) -> Sentence:
    """A sentence of words without white space, as token formats have them."""
    words = draw(st.lists(st.text("aAß中🎉.-'", min_size=1, max_size=5), min_size=1, max_size=8))
    return Sentence(words, draw_entities(draw, Doc(VOCAB, words=words), own_tokens=True), [])
