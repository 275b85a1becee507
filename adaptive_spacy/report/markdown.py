"""Texts of data in Markdown, which shows them as they are."""

import re
from collections.abc import Iterable, Sequence

from adaptive_spacy.printable import one_line


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """RETURNS (str): A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(plain(cell) for cell in line)} |" for line in lines)


def plain(text: str) -> str:
    """RETURNS (str): A text that Markdown shows as it is, on one line: neither HTML, nor a link, a
    code span or emphasis."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[\\`*|$~]|\](?=[(\[])", r"\\\g<0>", text)
