"""Files of any format, as `convert` opens them, for the tests of their readers."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.source import Sentence

TEXT = "Ada lives in New York."


class Read(NamedTuple):
    """A sentence in words that a test can be read by.

    text (str): Its text.
    ents (list[tuple[str, str]]): Text and type of each entity.
    missing (list[int]): Tokens without annotation.
    """

    text: str
    ents: list[tuple[str, str]]
    missing: list[int]


#: what most of the files here hold
ADA = Read(TEXT, [("Ada", "PER"), ("New York", "LOC")], [])


def put(folder: Path, content: Any, name: str = "file") -> Path:
    """Write bytes and text as they are, anything else as JSON."""
    path = folder / name
    if not isinstance(content, bytes | str):
        content = json.dumps(content, ensure_ascii=False)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def show(sentence: Sentence) -> Read:
    spaces = sentence.spaces or [True] * len(sentence.words)
    words = [word + " " * space for word, space in zip(sentence.words, spaces, strict=True)]
    ents = [("".join(words[start:end]).strip(), label) for start, end, label in sentence.ents]
    return Read(sentence.text, ents, sentence.missing)


def read(folder: Path, content: Any, name: str = "file", **options: Any) -> list[Read]:
    return [show(one) for one in open_source(put(folder, content, name), **options)]


def refuse(folder: Path, content: Any, name: str = "file", **options: Any) -> str:
    """RETURNS (str): The message, after the path of the file."""
    path = put(folder, content, name)
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the callers look at the message)
        list(open_source(path, **options))
    return str(error.value).replace(str(path), "")
