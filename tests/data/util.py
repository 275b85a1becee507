"""What tests of `data` share: files of few words, and docs read back."""

import hashlib
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from adaptive_spacy.data.source import Sentence

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def write_numbers(path: Path, words: list[str]) -> Path:
    """A file of sentences of two tokens, the first of which is a NUM."""
    path.write_text("\n".join(f"{word} B-NUM\n. O\n" for word in words), encoding="utf8")
    return path


def load_docs(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))


def make_doc(sentence: Sentence, vocab: Vocab) -> Doc:
    """RETURNS (Doc): The sentence as spaCy itself makes a doc, to compare with what is written."""
    # without `spaces` the doc has `has_unknown_spaces`, so that spaCy does not tokenize it anew
    starts: list[bool | int | None] | None = None
    if sentence.sent_starts is not None:
        first = set(sentence.sent_starts)
        starts = [i in first for i in range(len(sentence.words))]
    doc = Doc(vocab, words=sentence.words, spaces=sentence.spaces, sent_starts=starts)
    doc.set_ents(
        [Span(doc, start, end, label=label) for start, end, label in sentence.ents],
        missing=[doc[i : i + 1] for i in sentence.missing],
        default="outside",
    )
    return doc


def first_words(path: Path) -> list[str]:
    return [doc[0].text for doc in load_docs(path)]


def list_files(folder: Path) -> dict[str, str]:
    """Every file below a folder, hidden ones too, with its digest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
