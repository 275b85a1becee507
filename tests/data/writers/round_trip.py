"""Docs out and in again, with the options that the export says."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from adaptive_spacy.data.convert import Input, convert
from adaptive_spacy.data.export import export
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.formats import WRITERS
from adaptive_spacy.data.writers.writer import find_char_spans
from tests.data.writers.stored import load, store

#: What a note of an export says of the options that read it back
OPTIONS = {
    "--missing-tag mask": {"missing_tag": "mask"},
    "--group documents": {"group": "documents"},
}
#: Tokens that every format holds, and that a tokenizer makes of a text again
WORDS = ("Ada", "sings", "naïve", "中文", "42", "Paris", "x", "😀")
ODD = st.text("aB#-_0é\u00a0\u2028\x85 \t\n\r\\|/\"'[](){}<>&;:*,.=", min_size=1, max_size=4)
TYPES = ("PER", "LOC", "creative_work")
ODD_TYPES = ("art work", "B-cell", "a|b", "a:b", "[3]", "a]", "*", "_", "<x>", "s", '"', "O", "{")


@st.composite
def docs(draw: Any, *, words: Any, types: tuple[str, ...], missing: bool = True) -> Sentence:
    """Docs of sentences, with or without known spaces, and tokens without annotation."""
    lengths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    tokens = [draw(words) for _ in range(sum(lengths))]
    edges = sorted({*draw(st.sets(st.integers(0, len(tokens)), max_size=5)), *starts})
    ents = [
        (start, end, label)
        for start, end in pairwise([*edges, len(tokens)])
        if start < end and (label := draw(st.none() | st.sampled_from(types))) is not None
    ]
    inside = {i for start, end, _ in ents for i in range(start, end)}
    free = [i for i in range(len(tokens)) if i not in inside]
    unknown = sorted(draw(st.sets(st.sampled_from(free)))) if free and missing else []
    spaces = None
    if draw(st.booleans()):
        spaces = [after != "," for after in [*tokens[1:], ","]]
    return Sentence(tokens, ents, unknown, spaces, starts if len(starts) > 1 else None)


def send(folder: Path, format: str, corpus: list[Sentence], **options: Any) -> list[Sentence]:
    """RETURNS (list[Sentence]): The docs that come back of `export` and `convert`.
    RAISES (ValueError): If the export refuses them."""
    output = folder / f"out-{format}"
    exported = export(store(folder, *corpus), output, format=format, **options)
    said: dict[str, Any] = {key: value for key, value in options.items() if key == "scheme"}
    for words, meaning in OPTIONS.items():
        if any(words in note for note in exported.notes()):
            said |= meaning
    convert([Input(output, "back")], folder / "corpus", format=format, **said)
    return load(folder / "corpus" / "back.spacy")


def expect(format: str, corpus: list[Sentence]) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): What docs say in a format, by the table of what it holds."""
    return [describe(format, one) for doc in corpus for one in divide(format, doc)]


def describe(format: str, doc: Sentence) -> dict[str, Any]:
    holds = WRITERS[format].holds
    found: dict[str, Any] = {"missing": doc.missing}
    if holds.tokens:
        found |= {"words": doc.words, "ents": doc.ents}
    else:
        found |= {"text": doc.text.removesuffix(" "), "spans": find_char_spans(doc)}
    if holds.tokens and holds.spaces:
        # where they are not known they may come back as one each
        found["spaces"] = (doc.spaces or [True] * len(doc.words))[:-1]
    if holds.sentences:
        found["sentences"] = doc.sent_starts or [0]
    return found


def divide(format: str, doc: Sentence) -> list[Sentence]:
    """RETURNS (list[Sentence]): The sentences of a doc, where a format has no documents."""
    if not WRITERS[format].flattens:
        return [doc]
    edges = [*(doc.sent_starts or [0]), len(doc.words)]
    return [
        Sentence(
            doc.words[a:b],
            [(one - a, two - a, label) for one, two, label in doc.ents if a <= one < b],
            [i - a for i in doc.missing if a <= i < b],
            None if doc.spaces is None else doc.spaces[a:b],
        )
        for a, b in pairwise(edges)
    ]
