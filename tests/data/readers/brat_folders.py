"""Folders of brat with one text."""

from pathlib import Path

import pytest

from adaptive_spacy.data.readers.brat import BratFolder

TEXT = "Ada lives in New York."
WORDS = ["Ada", "lives", "in", "New", "York", "."]
SPACES = [True, True, True, True, False, False]
ANN = "T1\tPER 0 3\tAda\nT2\tLOC 13 21\tNew York\n"
ENTS = [(0, 1, "PER"), (3, 5, "LOC")]


def write(folder: Path, *, ann: str | bytes = ANN, text: str | bytes = TEXT) -> Path:
    """A folder with one text and its annotations."""
    for name, content in (("a.txt", text), ("a.ann", ann)):
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder


def read_error(path: Path, **options: str) -> str:
    with pytest.raises(ValueError) as info:  # noqa: PT011 (the callers compare the whole message)
        BratFolder(path, **options)
    return str(info.value)
