"""The formats that a file or folder of annotated text may have, and which of them it has."""

from collections.abc import Callable, Iterable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

from adaptive_spacy.data.readers import brat, huggingface, jsonl
from adaptive_spacy.data.readers.annotation_tools import SHAPES
from adaptive_spacy.data.readers.brat import BratFolder
from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.readers.huggingface import HubData
from adaptive_spacy.data.readers.jsonl import SpanFile
from adaptive_spacy.data.readers.text import PACKED
from adaptive_spacy.data.source import Source

HEAD_BYTES = 65_536
# how files begin that are no text, beside packed ones
BINARY = {
    b"%PDF": "a PDF file; extract and annotate its text",
    b"PAR1": "a parquet file; --format hub reads it",
    b"\xd0\xcf\x11\xe0": "a Microsoft Office file; save it as text",
    b"SQLite format 3\0": "a SQLite database; export it as JSONL",
    b"\x89PNG": "a picture",
    b"\x7fELF": "a program",
}


class Format(NamedTuple):
    """A format.

    title (str): What it is called.
    make (Callable[..., Source]): Makes the source of a path.
    """

    title: str
    make: Callable[..., Source]

    @property
    def options(self) -> set[str]:
        """RETURNS (set[str]): What can be said about how it is read."""
        return set(signature(self.make).parameters) - {"path", "format", "progress"}


FORMATS: dict[str, Format] = {
    "conll": Format("CoNLL", ConllFile),
    "jsonl": Format("JSON or JSONL", SpanFile),
    **{name: Format(shape.title, partial(SpanFile, format=name)) for name, shape in SHAPES.items()},
    "brat": Format("brat", BratFolder),
    "hub": Format("Hugging Face data", HubData),
}
FORMAT_NAMES = ("auto", *FORMATS)


def open_source(
    path: str | Path, *, format: str = "auto", progress: bool = False, **options: Any
) -> Source:
    """Check a file or folder as a whole, as what it is.

    format (str): One of `FORMATS`, or "auto": the one that it has.
    progress (bool): Show progress bars.
    options: Arguments of any format; those that this one does not take are left out.
    RETURNS (Source): Its sentences.
    RAISES (ValueError): If it has no format known here, or has problems.
    """
    found = FORMATS[find_format(Path(path), format)]
    kept = {key: value for key, value in options.items() if key in found.options}
    return found.make(Path(path), progress=progress, **kept)


def find_format(path: Path, format: str = "auto") -> str:
    """Find the format of a path.

    format (str): One of `FORMATS`, or "auto": the one that it has.
    RETURNS (str): One of `FORMATS`.
    RAISES (ValueError): If there is no such format, or if the path has none.
    """
    if format not in FORMAT_NAMES:
        raise ValueError(f"--format: expected one of {', '.join(FORMAT_NAMES)}, got {format!r}")
    if format == "auto":
        return recognise(path)
    if path.is_file() and format != "hub":
        check_is_text(path, read_head(path))
    return format


def check_options(formats: Iterable[str], options: Iterable[str]) -> None:
    """RAISES (ValueError): Options that none of these formats takes: they would be ignored."""
    names = sorted(set(formats))
    for option in options:
        if not any(option in FORMATS[name].options for name in names):
            takers = [one.title for one in FORMATS.values() if option in one.options]
            raise ValueError(
                f"--{option.replace('_', '-')}: expected a file of {', '.join(takers)}, which "
                f"has such an option, found {', '.join(FORMATS[name].title for name in names)}"
            )


def recognise(path: Path) -> str:
    """Tell the format of a file or folder from its beginning.

    RETURNS (str): One of `FORMATS`. What is text and nothing else is taken for CoNLL, whose reader
        says what is wrong if it is not.
    RAISES (ValueError): If it is no text, or a folder of other things.
    """
    if not path.exists():
        raise ValueError(f"{path}: expected a file or folder to convert, found nothing")
    if path.is_dir():
        name = brat.recognise(path, b"") or huggingface.recognise(path, b"")
        if name is None:
            raise ValueError(
                f"{path}: expected a file, a folder of brat's .txt and .ann files or a data set of "
                f"Hugging Face, found a folder of {list_files(path)}"
            )
        return name
    head = read_head(path)
    if huggingface.recognise(path, head):
        return "hub"
    check_is_text(path, head)
    name = jsonl.recognise(path, head)
    if name == "auto":
        return "jsonl"
    return name or "conll"


def read_head(path: Path) -> bytes:
    """RETURNS (bytes): The beginning of a file."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def check_is_text(path: Path, head: bytes) -> None:
    """RAISES (ValueError): If a file is one of those that are often taken for text."""
    found = ""
    for magic, name in PACKED.items():
        if head.startswith(magic):
            found = f"a {name} file; unpack it"
    for magic, name in BINARY.items():
        if head.startswith(magic):
            found = name
    if path.suffix == ".spacy":
        found = "a .spacy file, which is converted already; `adaptive-spacy export` reads it"
    if found:
        raise ValueError(f"{path}: expected annotated text, found {found}")


def list_files(folder: Path) -> str:
    """RETURNS (str): What a folder holds, by name, shortened."""
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return "nothing"
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
