"""Open text files behind a progress bar, and say in one line why a file is no text."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO, TextIOWrapper
from pathlib import Path

from tqdm import tqdm

from adaptive_spacy.data.readers.encodings import (
    find_bom,
    guess_encoding,
    suggest_encoding,
)
from adaptive_spacy.data.readers.signatures import name_bytes

HEAD_BYTES = 65_536
MARK = "\ufeff"  # of the byte order
SWAPPED_MARK = "\ufffe"


@contextmanager
def open_text(
    path: Path,
    *,
    encoding: str | None,
    newline: str | None = None,
    expected: str = "a text file",
    action: str = "Reading",
    progress: bool = False,
) -> Iterator[TextIOWrapper]:
    """Open a text file, without its byte order mark, where it has one.

    encoding (str | None): Any that Python knows; None: UTF-8, of a command without --encoding.
    newline (str | None): As for `open`: None turns every line end into `\\n`, "" leaves them.
    expected (str): What the file should be, for the error messages.
    action (str): What the progress bar says.
    progress (bool): Show the bar where reading takes longer than a second.
    YIELDS (TextIOWrapper): The text, decoded as it is read.
    RAISES (ValueError): If there is no such file, if it is packed, or if it is not in this
        encoding; the latter while it is read.
    """
    codec = check_encoding(encoding or "utf-8")
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise ValueError(f"{path}: expected {expected}, found {found}")
    bar = tqdm(
        total=path.stat().st_size,
        desc=f"{action} {path.name}",
        unit="B",
        unit_scale=True,
        leave=False,
        delay=1,
        disable=None if progress else True,
    )
    with bar, Counted(path, bar) as file:
        head = file.peek(512)
        found = name_bytes(head)
        if found:
            raise ValueError(f"{path}: expected {expected}, found {found}")
        check_mark(path, head, encoding)
        try:
            stream = TextIOWrapper(file, encoding=codec, newline=newline)
            # of all codecs only "utf-8-sig", "utf-16" and "utf-32" drop their mark
            if find_first(head, codec) == MARK:
                stream.read(1)
            yield stream
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{find_undecodable(path, encoding or 'utf-8')}: found byte "
                f"0x{error.object[error.start]:02x}, expected {encoding or 'utf-8'} text; "
                f"{suggest_encoding(path, encoding)}"
            ) from None


def read_text(path: Path, *, encoding: str, action: str, progress: bool) -> str:
    """RETURNS (str): The text of a file as a whole, see `open_text`.
    RAISES (ValueError): Also if it holds a NUL character."""
    with open_text(path, encoding=encoding, action=action, progress=progress) as stream:
        text = stream.read()
    if "\0" in text:
        raise ValueError(f"{path}: {describe_nul(encoding, path)}")
    return text


class Counted(BufferedReader):
    """A file that tells a progress bar how many bytes were read."""

    def __init__(self, path: Path, bar: tqdm) -> None:
        super().__init__(FileIO(str(path)))
        self.bar = bar

    def read1(self, size: int = -1, /) -> bytes:  # what TextIOWrapper calls
        data = super().read1(size)
        self.bar.update(len(data))
        return data


def check_is_text(path: Path, head: bytes, encoding: str = "utf-8") -> None:
    """RAISES (ValueError): If a file is one of those that are often taken for text, or if its byte
    order mark tells another encoding.

    head (bytes): How it begins.
    encoding (str): What it is to be read in.
    """
    found = name_bytes(head)
    if path.suffix == ".spacy":
        found = "a .spacy file, which is converted already; `adaptive-spacy export` reads it"
    if found:
        raise ValueError(f"{path}: expected annotated text, found {found}")
    check_mark(path, head, encoding)


def find_first(head: bytes, codec: str) -> str:
    """RETURNS (str): The first character of a text, from its first bytes."""
    return codecs.getincrementaldecoder(codec)("ignore").decode(head)[:1]


def check_mark(path: Path, head: bytes, encoding: str | None) -> None:
    """RAISES (ValueError): If the byte order mark of a file tells another encoding, or the other
    order: it would be read as letters, if at all.

    head (bytes): How it begins.
    encoding (str | None): As for `open_text`.
    """
    told = "utf-8" if head.startswith(codecs.BOM_UTF8) else find_bom(head)
    codec = check_encoding(encoding or "utf-8")
    fits = codecs.lookup(codec).name.startswith(told)
    if told and not (fits and find_first(head, codec) != SWAPPED_MARK):
        remedy = f"pass --encoding {told}" if encoding else "save it as UTF-8"
        raise ValueError(
            f"{path}: expected {encoding or 'utf-8'} text, found {told.upper()} by its byte order "
            f"mark; {remedy}"
        )


def check_encoding(encoding: str) -> str:
    """RETURNS (str): The codec; for UTF-8 the variant that drops a byte order mark.
    RAISES (ValueError): If Python does not know the encoding."""
    try:
        is_utf8 = "é".encode(encoding, "replace") == b"\xc3\xa9"
    except LookupError:
        raise ValueError(
            f"--encoding: expected one that Python knows, e.g. utf-8, got {encoding!r}"
        ) from None
    return "utf-8-sig" if is_utf8 else encoding


def find_undecodable(path: Path, encoding: str) -> str:
    """RETURNS (str): The file, with the line if the encoding has one-byte line ends."""
    if len("\n".encode(encoding)) > 1:
        return str(path)
    decoder = codecs.getincrementaldecoder(encoding)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                decoder().decode(line, final=True)
            except UnicodeDecodeError:
                return f"{path}:{number}"
    return str(path)


def describe_nul(encoding: str | None, path: Path) -> str:
    """RETURNS (str): What to say about a NUL character, which no text has.

    encoding (str | None): As for `open_text`.
    """
    with path.open("rb") as file:
        is_wide = guess_encoding(file.read(HEAD_BYTES)).startswith("utf-16")
    way = (
        suggest_encoding(path, encoding) if is_wide else "no encoding makes text of it: take it out"
    )
    return f"found a NUL character, expected {encoding or 'utf-8'} text; {way}"
