"""How entities are marked in a text: `[Ada](PER) sings`, as Rasa writes them, Boson's
`{{PER:Ada}} sings`, `<PER>Ada</PER> sings`, and OpenNLP's `<START:PER> Ada <END> sings .`."""

import json
import re
from html import unescape
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.own_tokens import place_words
from adaptive_spacy.data.source import shorten

LINK = re.compile(r"\[([^\[\]]+)\](?:\(([^()\[\]]*)\)|(\{[^{}]*\}))")
BRACES = re.compile(r"\{\{([^{}:]+):([^{}]+)\}\}")
TAG = re.compile(r"<(/?)([A-Za-z_][\w.-]*)((?:\s+[\w:-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>")
OPENNLP = re.compile(r"<START(?::([^<>\s]+))?>|<END>")
KIND = re.compile(r"(?i)\btype\s*=\s*[\"']([^\"']+)[\"']")
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);")
# elements of a page, which are no types
# fmt: off
PAGE = frozenset((
    "a", "b", "i", "u", "em", "strong", "span", "div", "li", "ul", "ol", "dl", "dt", "dd", "td",
    "th", "tr", "table", "tbody", "thead", "font", "sub", "sup", "code", "pre", "small", "big",
    "center", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "body", "head", "html", "script",
    "style", "button", "label", "form", "option", "section", "article",
))
# fmt: on
#: What a link leads to, in place of a type
TARGET = re.compile(
    r"\s*(?:https?|ftp|mailto)|#.*|.*/.*|(?i:.*\.(?:html?|md|png|jpe?g|gif|svg|pdf|txt|php|aspx?))"
)
# elements that only frame texts
FRAMES = frozenset(("doc", "docid", "text", "p", "s", "sentence", "root", "document", "headline"))


def read_links(line: str) -> AnnotatedText:
    """RETURNS (AnnotatedText): A text with entities as `[text](type)` or `[text]{"entity": type}`.
    RAISES (ValueError): If a mark names no type, or one is left open."""
    found = [(match.span(), match[1], name_type(match)) for match in LINK.finditer(line)]
    text, spans, rest = take_off(line, found)
    if "](" in rest or "]{" in rest:
        raise ValueError(f"found {shorten(rest)}, expected marks like [Ada](PER), none in another")
    return AnnotatedText(text, spans)


def read_braces(line: str) -> AnnotatedText:
    """RETURNS (AnnotatedText): A text with entities as `{{type:text}}`.
    RAISES (ValueError): If a mark is of another shape, or within another."""
    found = [(match.span(), match[2], match[1].strip()) for match in BRACES.finditer(line)]
    text, spans, rest = take_off(line, found)
    if "{{" in rest or "}}" in rest or not all(label for *_, label in found):
        raise ValueError(
            f"found {shorten(rest)}, expected marks like {{{{PER:Ada}}}}, none in another"
        )
    return AnnotatedText(text, spans)


#: Where a mark is, the text of its entity, and the type
Mark = tuple[tuple[int, int], str, str]


def take_off(line: str, marks: list[Mark]) -> tuple[str, list[list[Any]], str]:
    """RETURNS (tuple[str, list[list[Any]], str]): The text without its marks, the entities, and
    what is outside of marks."""
    parts: list[str] = []
    spans: list[list[Any]] = []
    at = length = 0
    for (start, end), inner, label in marks:
        parts += [line[at:start], inner]
        length += start - at
        spans.append([length, length + len(inner), label])
        length += len(inner)
        at = end
    parts.append(line[at:])
    return "".join(parts), spans, "".join(parts[::2])


def name_type(match: re.Match[str]) -> str:
    """RETURNS (str): The type of a mark: `PER`, `PER:a value` or `{"entity": "PER"}`.
    RAISES (ValueError): If it names none."""
    if match[3] is None:
        label = match[2].split(":")[0].strip()
        if TARGET.fullmatch(label):
            raise ValueError(f"found the link {shorten(match[0])}, expected a type in parentheses")
    else:
        try:
            label = json.loads(match[3]).get("entity")
        except (ValueError, RecursionError):
            label = None
    if not label or not isinstance(label, str):
        raise ValueError(f"found {shorten(match[0])}, expected a type, e.g. [Ada](PER)")
    return label


def read_tags(line: str) -> AnnotatedText | None:
    """RETURNS (AnnotatedText | None): A line with entities as elements, whose names, or "type", are
    their types; None: it holds but a frame.
    RAISES (ValueError): If elements lie in one another, or are not closed."""
    text = ""
    spans: list[list[Any]] = []
    opened: tuple[str, int, str] | None = None
    at = 0
    for match in TAG.finditer(line):
        text += unescape_xml(line[at : match.start()])
        at = match.end()
        closes, name, attributes, is_empty = match.groups()
        if name.lower() in FRAMES or is_empty:
            continue
        if not closes:
            if opened:
                raise ValueError(f"found {shorten(match[0])} within <{opened[0]}>, expected none")
            kind = KIND.search(attributes)
            if name in PAGE and not kind:
                raise ValueError(
                    f"found {shorten(match[0])}, an element of HTML, expected elements that are "
                    "called as their entities' types"
                )
            opened = (name, len(text), kind[1] if kind else name)
        elif opened is None or opened[0] != name:
            raise ValueError(f"found {shorten(match[0])}, expected <{name}> before it")
        else:
            spans.append([opened[1], len(text), opened[2]])
            opened = None
    if opened:
        raise ValueError(f"found <{opened[0]}> without </{opened[0]}> in its line, expected both")
    text += unescape_xml(line[at:])
    return AnnotatedText(text, spans) if text.strip() else None


def unescape_xml(text: str) -> str:
    return ENTITY.sub(lambda match: unescape(match[0]), text)


def read_opennlp(line: str) -> AnnotatedText:
    """RETURNS (AnnotatedText): A line of tokens with entities between `<START:type>` and `<END>`.
    RAISES (ValueError): If one of the two lacks the other."""
    words: list[str] = []
    spans: list[list[Any]] = []
    opened: tuple[int, str] | None = None
    for part in line.split():
        match = OPENNLP.fullmatch(part)
        if match is None:
            words.append(part)
        elif part == "<END>":
            if opened is None:
                raise ValueError("found <END>, expected <START:TYPE> before it")
            spans.append([opened[0], len(words), opened[1]])
            opened = None
        elif opened:
            raise ValueError(f"found {shorten(part)} within another entity, expected <END>")
        else:
            opened = (len(words), match[1] or "default")
    if opened:
        raise ValueError(f"found <START:{opened[1]}> without <END> in its line, expected both")
    tokens = place_words(words)
    placed = [
        [tokens[start]["start"], tokens[end - 1]["end"], label]
        for start, end, label in spans
        if end > start
    ]
    if len(placed) < len(spans):
        raise ValueError("found an entity without a token, expected some")
    return AnnotatedText(" ".join(words), placed, tokens, known_spaces=False)
