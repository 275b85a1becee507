"""How a source counts the offsets of entities, and what the text that it quotes says of that."""

from typing import NamedTuple

from adaptive_spacy.data.source import shorten

# by the names of --offsets; the first is what everything is turned into
EXCLUSIVE = "exclusive"
INCLUSIVE = "inclusive"
JAVASCRIPT = "utf-16"
CONVENTIONS = {
    EXCLUSIVE: "characters from 0, the end is the character after the last",
    INCLUSIVE: "characters from 0, the end is the last character",
    JAVASCRIPT: "UTF-16 units (an emoji is two)",
    "bytes": "bytes of UTF-8",
    "from-1": "characters from 1, the end is the last character",
}


class CharSpan(NamedTuple):
    """An entity in characters (Unicode code points).

    start (int): Its first character, from 0.
    end (int): The character after its last.
    label (str): Its type.
    text (str | None): What the source says that it covers; None: nothing.
    """

    start: int
    end: int
    label: str
    text: str | None = None

    def show(self, text: str) -> str:
        """RETURNS (str): What it covers, where it is and its type, for messages."""
        return f"{shorten(text[self.start : self.end])} ({self.start} to {self.end}, {self.label})"


def check_convention(name: str) -> str:
    """RETURNS (str): The name. RAISES (ValueError): If there is no such way to count."""
    if name not in CONVENTIONS:
        raise ValueError(f"--offsets: expected one of {', '.join(CONVENTIONS)}, got {name!r}")
    return name


def check_offsets(text: str, span: CharSpan, convention: str | None = None) -> None:
    """Compare offsets, already in characters, with the text.

    convention (str | None): How the source counts, where --offsets can say it otherwise.
    RAISES (ValueError): If the offsets are wrong beyond repair.
    """
    start, end, label, covered = span
    where = f"an entity from {start} to {end} ({label})"
    fault = ""
    if start < 0 or end < 0:
        fault = f"found {where}, expected offsets from 0"
    elif start >= end:
        fault = f"found {where}, expected its end after its start"
    elif end > len(text):
        fault = f"found {where}, expected offsets up to {len(text)}, the length of the text"
    elif covered is not None and squeeze(covered) != squeeze(text[start:end]):
        fault = (
            f"found {shorten(covered)} as the text of {where}, which is {shorten(text[start:end])}"
        )
    if fault:
        raise ValueError(fault + hint_convention(text, span, convention))


def hint_convention(text: str, span: CharSpan, convention: str | None) -> str:
    """RETURNS (str): The ways to count in which an entity covers what the source quotes, and how
    to say so; "" if there is none or nothing is quoted."""
    if not span.text or not squeeze(span.text):
        return ""
    given = revert(text, span, convention or EXCLUSIVE)
    found = []
    for name, meaning in CONVENTIONS.items():
        try:
            start, end, *_ = to_characters(text, given, name)
        except ValueError:
            continue
        if 0 <= start < end <= len(text) and is_quoted(span.text, text[start:end]):
            way = f" (--offsets {name})" if convention else ""
            found.append(f"{meaning}{way}")
    return f"; these offsets fit if they count {', or '.join(found)}" if found else ""


def is_quoted(quoted: str, covered: str) -> bool:
    """Whether a text is what is quoted, and has no white space at its edge that this lacks."""
    has_edge = covered != covered.strip() and quoted == quoted.strip()
    return squeeze(covered) == squeeze(quoted) and not has_edge


def revert(text: str, span: CharSpan, convention: str) -> CharSpan:
    """RETURNS (CharSpan): The offsets as the source has them, for those that count characters."""
    if convention == INCLUSIVE:
        return span._replace(end=span.end - 1)
    return span._replace(start=span.start + 1) if convention == "from-1" else span


def to_characters(text: str, span: CharSpan, convention: str) -> CharSpan:
    """RETURNS (CharSpan): The entity with offsets in characters from 0, its end exclusive.
    RAISES (ValueError): If one of them lies inside of a character."""
    start, end = span.start, span.end
    if convention == INCLUSIVE:
        end += 1
    elif convention == "from-1":
        start -= 1
    elif convention != EXCLUSIVE:
        codec = "utf-8" if convention == "bytes" else "utf-16-le"
        unit = 1 if convention == "bytes" else 2
        units = text.encode(codec, "surrogatepass")
        start, end = (count_characters(units, unit * one, codec) for one in (start, end))
    return span._replace(start=start, end=end)


def count_characters(units: bytes, at: int, codec: str) -> int:
    """RETURNS (int): How many characters come before; an offset out of the text stays out of it.
    RAISES (ValueError): If it lies inside of a character."""
    if not 0 <= at <= len(units):
        return at
    try:
        return len(units[:at].decode(codec))
    except UnicodeDecodeError:
        raise ValueError(
            f"found an offset {at if codec == 'utf-8' else at // 2} inside of a character, "
            "expected one between characters"
        ) from None


def squeeze(text: str) -> str:
    """RETURNS (str): The text without white space: tools differ in how they write line ends."""
    return "".join(text.replace("\\n", "\n").split())
