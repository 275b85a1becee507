"""The text of a page of HTML, and places in it as Label Studio gives them."""

from bisect import bisect_right
from html.parser import HTMLParser
from typing import Any

from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import (
    EXCLUSIVE,
    JAVASCRIPT,
    CharSpan,
    squeeze,
    to_characters,
)
from adaptive_spacy.data.source import shorten

# elements without an end, and those that do not stand within a line
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
HIDDEN = frozenset(("script", "style"))


class HtmlText(HTMLParser):
    """The text of a page: that of its nodes, with a line end between what does not stand in one
    line.

    source (str): HTML, a whole page or what is within one.
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, int]]] = [("", {})]
        self._breaks = False
        self._parts: list[str] = []
        self._nodes: list[str] = []
        self._starts: list[int] = []  # of each node, in the texts of all nodes
        self._places: list[int] = []  # of each node, in `text`
        self._paths: dict[str, int] = {}
        self._length = self._at = 0
        self.feed(source)
        self.close()
        self.text = "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        counts = self._open[-1][1]
        counts[tag] = counts.get(tag, 0) + 1
        self._breaks |= tag not in INLINE
        if tag not in VOID:
            self._open.append((f"{tag}[{counts[tag]}]", {}))

    def handle_endtag(self, tag: str) -> None:
        self._breaks |= tag not in INLINE
        names = [name.split("[")[0] for name, _ in self._open]
        if tag in names[1:]:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        counts = self._open[-1][1]
        counts["text()"] = counts.get("text()", 0) + 1
        path = "/".join([*(name for name, _ in self._open), f"text()[{counts['text()']}]"])
        if self._breaks and self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")
            self._at += 1
        self._breaks = False
        self._paths[path] = len(self._starts)
        self._nodes.append(data)
        self._starts.append(self._length)
        self._places.append(self._at)
        self._length += len(data)
        if self._open[-1][0].split("[")[0] not in HIDDEN:
            self._parts.append(data)
            self._at += len(data)

    def locate(
        self, value: dict[str, Any], quoted: str | None, offsets: str | None = None
    ) -> tuple[int, int]:
        """Find a place of Label Studio's, by its path or by its offset in the whole page.

        quoted (str | None): What it covers, which decides where the two differ.
        offsets (str | None): How both count, one of `CONVENTIONS`; None: as the browser that made
            them, or, where only that gives what is quoted, in characters.
        RETURNS (tuple[int, int]): Start and end in `text`.
        RAISES (ValueError): If there is no such place.
        """
        ways = (offsets,) if offsets else (JAVASCRIPT, EXCLUSIVE)
        places = (find(value, way) for way in ways for find in (self._by_path, self._by_offset))
        found = [one for one in places if one]
        for start, end in found:
            if quoted is not None and squeeze(self.text[start:end]) == squeeze(quoted):
                return start, end
        if quoted is not None and found:
            covered = self.text[found[0][0] : found[0][1]]
            raise ValueError(
                f"found {shorten(quoted)} as the text of an entity at {show_json(value['start'])}, "
                f"which is {shorten(covered)} on this page"
            )
        if not found:
            raise ValueError(
                f"found an entity at {show_json(value.get('start'))}, expected a place of the page"
            )
        return found[0]

    def _by_path(self, value: dict[str, Any], way: str) -> tuple[int, int] | None:
        found = []
        for path, offset in (("start", "startOffset"), ("end", "endOffset")):
            name, at = str(value.get(path)).lower(), value.get(offset)
            node = self._paths.get(name if name.startswith("/") else f"/{name}")
            if node is None or type(at) is not int or at < 0:
                return None
            span = convert(self._nodes[node], at, at, way)
            if span is None:
                return None
            found.append((self._places[node] + span.start, self._places[node] + span.end))
        return found[0][0], found[1][1]

    def _by_offset(self, value: dict[str, Any], way: str) -> tuple[int, int] | None:
        offsets = value.get("globalOffsets")
        if not isinstance(offsets, dict) or not self._starts:
            return None
        start, end = offsets.get("start"), offsets.get("end")
        if type(start) is not int or type(end) is not int:
            return None
        span = convert("".join(self._nodes), start, end, way)
        if span is None or not 0 <= span.start < span.end:
            return None
        return self._place(span.start), self._place(span.end - 1) + 1

    def _place(self, at: int) -> int:
        """RETURNS (int): Where a character of the nodes' texts is in `text`."""
        node = bisect_right(self._starts, at) - 1
        return self._places[node] + at - self._starts[node]


def convert(text: str, start: int, end: int, way: str) -> CharSpan | None:
    """RETURNS (CharSpan | None): Offsets in characters; None: they lie inside of one."""
    try:
        return to_characters(text, CharSpan(start, end, ""), way)
    except ValueError:
        return None
