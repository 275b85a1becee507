"""Texts without labels: lines of a text file, the key "text" of JSONL, or docs."""

from collections.abc import Iterator
from pathlib import Path

from spacy.tokens import Doc
from spacy.training.corpus import FILE_TYPE
from spacy.vocab import Vocab

from adaptive_spacy.data.export import list_shards
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.parsing import read_objects

KINDS = f".txt (a text a line), .jsonl (with the key text) or {FILE_TYPE}"


def read_texts(path: Path, vocab: Vocab) -> Iterator[Doc | str]:
    """Yield the texts of a file, as often as they are there; docs keep their tokens and lose their
    entities.

    path (Path): A .txt or .jsonl file, a .spacy file or a folder of its shards.
    vocab (Vocab): For the docs.
    RAISES (ValueError): If it is none of these, has a record without text, or no text at all.
    """
    texts = [text for text in _read(path, vocab) if _is_text(text)]
    if not texts:
        raise ValueError(f"{path}: expected texts, found none")
    yield from texts


def _read(path: Path, vocab: Vocab) -> Iterator[Doc | str]:
    suffix = path.suffix.lower()
    if suffix == ".txt":
        for _, lines in read_lines(
            path,
            encoding=None,
            expected="a text file",
            expected_line="a text",
            action="Reading",
            progress=True,
        ):
            yield from (line.strip() for line in lines)
    elif suffix in (".jsonl", ".ndjson"):
        for number, record in enumerate(read_objects(path), start=1):
            text = record.get("text")
            if not isinstance(text, str):
                raise ValueError(f"{path}, record {number}: expected a string as its text")
            yield text
    elif suffix == FILE_TYPE or path.is_dir():
        for shard in list_shards(path):
            for doc in read_docs(shard, vocab):
                spaces = [bool(token.whitespace_) for token in doc]
                yield Doc(vocab, words=[token.text for token in doc], spaces=spaces)
    else:
        raise ValueError(f"{path}: expected a file of texts: {KINDS}")


def _is_text(text: Doc | str) -> bool:
    return bool((text if isinstance(text, str) else text.text).strip())
