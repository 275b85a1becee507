"""CoNLL files of a few rows, which several tests of their readers write."""

from pathlib import Path

import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.source import Sentence

NO_TAG = (
    "without a tag, expected one; --missing-tag O reads such a token as outside, "
    "--missing-tag mask as not annotated"
)
#: content, options, message after the path (`{path}` in it: the path)
Malformed = dict[str, tuple[str, dict, str]]


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "file.conll"
    path.write_bytes(text.encode(encoding))
    return path


def read(folder: Path, text: str, **options) -> list[Sentence]:
    return list(ConllFile(write(folder, text), **options))


def refused(folder: Path, case: tuple[str, dict, str]) -> tuple[str, str]:
    """RETURNS (tuple): What the reader says of a malformed file, and what it should."""
    text, options, message = case
    path = write(folder, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011 (compared whole by the test)
        ConllFile(path, **options)
    return str(error.value), f"{path}{message.replace('{path}', str(path))}"
