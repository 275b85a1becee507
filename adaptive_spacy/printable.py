"""Text of data, made fit to be shown: names and labels come from files that anyone may have made.

A terminal obeys escape sequences, and so would whoever reads a name with one in it; characters that
turn the direction of the text, or that nobody sees, make it look like another.
"""

import re
from collections.abc import Sequence
from pathlib import Path

#: Control characters, the marks of direction, invisible ones, and halves of a character. The
#: joiners of emoji and of Indic scripts (U+200C and U+200D) are not among them.
CONTROLS = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
UNFIT = re.compile(f"[{CONTROLS}]")
#: Colours and weights of letters, as our own messages have them; a hidden letter is none of them
STYLES = r"(?:0|1|4|22|24|39|49|[349][0-7]|10[0-7]|[34]8;5;\d{1,3})"
COLOUR = rf"\x1b\[(?:{STYLES}(?:;{STYLES})*)?m"


def visible(text: str) -> str:
    """RETURNS (str): The text with a Python escape such as \\x1b for each unfit character; line
    ends and tabs stay."""
    return UNFIT.sub(_escape, text)


def one_line(text: str) -> str:
    """RETURNS (str): The text on one line, and visible."""
    return visible(" ".join(text.split()))


def listed(names: Sequence[str], most: int = 20) -> str:
    """RETURNS (str): The first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def called(path: Path) -> Path:
    """RETURNS (Path): The path; where it leads if its end is no name, as that of "." and ".."."""
    return path.resolve() if path.name in ("", "..") else path


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
