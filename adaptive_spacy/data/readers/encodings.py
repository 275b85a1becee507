"""Which encoding a file has that is not in the one that was given: only what its bytes show."""

import codecs
import re
from collections.abc import Callable
from pathlib import Path

from adaptive_spacy.data.source import shorten

SAMPLE_BYTES = 1_000_000
UTF8 = codecs.lookup("utf-8").name
BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, which begins like it
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
HIGH = re.compile(rb"[\x80-\xff]+")
# what texts hold beside letters
MARKS = frozenset("\xa0«»‹›„“”‚‘’–—…€£°§·¿¡®©™•№ªº²³½¼¾×÷´`¨¸\xad†‡‰")
EASTERN_MARKS = "\u3000、。，．・（）「」"
# bytes of these between letters are letters in another encoding
STRAY = frozenset("£¿³¹¼½¾¥¦§©ª²º×÷¡¢¤")


def find_bom(head: bytes) -> str:
    """RETURNS (str): The encoding that a byte order mark tells, but for UTF-8's; "" if none."""
    return next((name for bom, name in BOMS.items() if head.startswith(bom)), "")


def suggest_encoding(path: Path, encoding: str | None) -> str:
    """Say which --encoding a file asks for that is not in this one.

    encoding (str | None): None: UTF-8, as the command takes no --encoding; then the file must be
        saved as UTF-8.
    RETURNS (str): The end of a message: the encoding and how a line reads in it, so that the user
        sees whether it is right; without one if nothing speaks for any.
    """
    data = read_sample(path, encoding or "utf-8")
    found = guess_encoding(data)
    is_failed = found and codecs.lookup(found) == codecs.lookup(encoding or "utf-8")
    if is_cut(data) or is_failed:
        return "it is damaged, or ends inside of a character"
    if not found:
        written = "the one that it was written in"
        return (
            f"pass --encoding with {written}" if encoding else f"save it as UTF-8, from {written}"
        )
    if found == find_bom(data):
        remedy = f"pass --encoding {found}" if encoding else "save it as UTF-8"
        return f"its byte order mark tells {found}: {remedy}"
    text = decode(data, found) or ""
    line = next((one for one in text.splitlines() if not one.isascii()), text.split("\n")[0])
    shown = shorten(line.strip())
    if not encoding:
        return f"as {found} it reads {shown}; if that is right, save it as UTF-8"
    return f"--encoding {found} reads {shown}; pass it if that is right"


def read_sample(path: Path, encoding: str) -> bytes:
    """RETURNS (bytes): Of a file that should be UTF-8, the first part that is not, with what is
    before it: an English text may be ASCII for long. Of others, and if all of it is, how it
    begins."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        if codecs.lookup(encoding).name != UTF8 or find_bom(head):
            return head
        decoder = codecs.getincrementaldecoder(UTF8)()
        sample = block = head
        while goes_on(decoder, block):
            if not block:
                return head
            block = file.read(SAMPLE_BYTES)
            sample = (sample + block)[-2 * SAMPLE_BYTES :]
    # without what a line that begins before has here
    return sample if sample.startswith(head) else sample[sample.find(b"\n") + 1 :]


def goes_on(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    """RETURNS (bool): Whether a block goes on as text; an empty one ends it."""
    try:
        decoder.decode(block, final=not block)
    except UnicodeDecodeError:
        return False
    return True


def is_cut(data: bytes) -> bool:
    """Whether these bytes are UTF-8 but for a character that the end cuts."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        is_long = len(data) - error.start > 1 or not data[: error.start].isascii()
        return error.reason == "unexpected end of data" and is_long
    return False


def guess_encoding(data: bytes) -> str:
    """RETURNS (str): The encoding that these bytes speak for; "" if none."""
    bom = find_bom(data)
    if bom:
        return bom
    if b"\0" in data:
        return guess_utf16(data)
    if decode(data, "utf-8") is not None:
        return "utf-8"
    for name, shows in (*MULTIBYTE, *SINGLE_BYTE):
        text = decode(data, name)
        is_wide = (name, shows) in MULTIBYTE
        if text is not None and shows(text, data) and not (is_wide and mixes(text)):
            return name
    return ""


def guess_utf16(data: bytes) -> str:
    """RETURNS (str): UTF-16 without a mark, by where its zeros are: half of each ASCII letter."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        text = decode(data[: len(data) // 2 * 2], name) if zeros > 10 * others else None
        half = len(data) // 2
        if text and (10 * zeros > 6 * half or (10 * zeros > half and not mixes(text))):
            return name
    return ""


def decode(data: bytes, name: str) -> str | None:
    """RETURNS (str | None): The text, but for a character cut at its end; None if it is none."""
    try:
        # a whole file must end with a whole character
        text = codecs.getincrementaldecoder(name)().decode(data, len(data) < SAMPLE_BYTES)
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\0-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]", text) else text


def share(text: str, is_one: Callable[[str], bool]) -> float:
    """RETURNS (float): Which part of the characters beyond ASCII are so."""
    others = [
        char for char in text if not char.isascii() and char not in "\u3000、。，．・（）「」"
    ]
    return sum(map(is_one, others)) / len(others) if others else 0.0


def is_kana(char: str) -> bool:
    return "\u3041" <= char <= "\u30ff"


def is_kanji(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def starts_with(name: str, first: int, last: int) -> Callable[[str], bool]:
    """RETURNS (Callable[[str], bool]): Whether a character is among the common ones, which an
    encoding puts first."""

    def is_common(char: str) -> bool:
        found = char.encode(name, "ignore")
        return len(found) == 2 and first <= found[0] <= last

    return is_common


def is_japanese(text: str, data: bytes) -> bool:
    kana = share(text, is_kana)
    return kana > 0.2 and kana + share(text, is_kanji) > 0.9


def is_korean(text: str, data: bytes) -> bool:
    return share(text, lambda char: "\uac00" <= char <= "\ud7a3") > 0.95


def is_simplified(text: str, data: bytes) -> bool:
    return share(text, starts_with("gb2312", 0xB0, 0xD7)) > 0.85


def is_traditional(text: str, data: bytes) -> bool:
    return share(text, starts_with("big5", 0xA4, 0xC6)) > 0.85


def is_cyrillic(text: str, data: bytes) -> bool:
    letters = share(text, lambda char: "\u0400" <= char <= "\u04ff")
    # in a related encoding capitals and small letters change places
    capitals = len(re.findall("[\u0430-\u045f][\u0400-\u042f]", text))
    is_cased = share(text, str.islower) > 0.6 and 20 * capitals < len(text)
    return letters > 0.85 and is_cased and not mixes(text)


def is_greek(text: str, data: bytes) -> bool:
    return share(text, lambda char: "\u0370" <= char <= "\u03ff") > 0.9 and not mixes(text)


def mixes(text: str) -> bool:
    """Whether words mix ASCII letters with others, as only Latin script does."""
    return bool(re.search(r"[a-zA-Z][^\W\d_a-zA-Z]|[^\W\d_a-zA-Z][a-zA-Z]", text))


def is_latin(text: str, data: bytes) -> bool:
    runs = HIGH.findall(data)
    if sum(map(len, runs)) > 1.7 * len(runs):  # letters beyond ASCII stand alone
        return False
    letters = share(text, lambda char: (char.isalpha() and char < "\u0250") or char in MARKS)
    stray = set(re.findall(r"[^\W\d_]([^\s\0-\x7f])[^\W\d_]|[£³¹¼¾][^\W\d_]", text))
    return letters > 0.98 and not STRAY & stray and "" not in stray


Shows = Callable[[str, bytes], bool]
MULTIBYTE: tuple[tuple[str, Shows], ...] = (
    ("euc_jp", is_japanese),
    ("shift_jis", is_japanese),
    ("euc_kr", is_korean),
    ("gb18030", is_simplified),
    ("big5", is_traditional),
)
SINGLE_BYTE: tuple[tuple[str, Shows], ...] = (
    ("cp1251", is_cyrillic),
    ("koi8-r", is_cyrillic),
    ("cp1253", is_greek),
    ("latin-1", is_latin),
    ("cp1252", is_latin),
    ("iso8859-2", is_latin),
    ("cp1250", is_latin),
)
