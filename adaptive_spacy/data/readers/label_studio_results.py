"""What Label Studio's controls wrote: the entities among them, and the texts that they are of."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.html_text import HtmlText
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import (
    EXCLUSIVE,
    JAVASCRIPT,
    CharSpan,
    squeeze,
    to_characters,
)
from adaptive_spacy.data.readers.record_fields import check_string, list_keys
from adaptive_spacy.data.readers.record_file import Result
from adaptive_spacy.data.source import shorten

#: Controls that mark entities; the value of each is named like it
TEXT_LABELS = ("labels", "hypertextlabels", "htmllabels", "paragraphlabels")
#: Of a paragraph, no longer than int() reads
INDEX = re.compile(r"\d{1,15}")
LINK = re.compile(r"(?:https?|s3|gs|azure-blob|file)://\S+|/data/\S+|data:\w+/\S+")
# of recordings: their labels have seconds, no characters
RECORDING = ("channel", "original_length", "timeserieslabels", "timelinelabels", "ranges")


class Region(NamedTuple):
    """An entity as a control wrote it.

    value (dict[str, Any]): Its offsets, label and text.
    control (str): Name of the control, "from_name"; of JSON-MIN the key.
    target (str): Name of what it marks, "to_name"; "" where that is not said.
    """

    value: dict[str, Any]
    control: str
    target: str = ""

    @property
    def label(self) -> Any:
        """RETURNS (Any): Its label."""
        found = [self.value[key] for key in TEXT_LABELS if key in self.value]
        return found[0] if found else None

    @property
    def is_of_page(self) -> bool:
        """Whether its offsets are places in a page of HTML, or in a paragraph."""
        return "startOffset" in self.value or "globalOffsets" in self.value

    @property
    def quoted(self) -> str | None:
        """RETURNS (str | None): Its text, if the control wrote that."""
        text = self.value.get("text")
        return text if isinstance(text, str) else None


def is_region(value: Any) -> bool:
    """Whether a value marks an entity in a text."""
    return (
        isinstance(value, dict)
        and ("start" in value or "startOffset" in value)
        and any(key in value for key in TEXT_LABELS)
        and not any(key in value for key in RECORDING)
    )


def find_field(
    data: dict[str, Any], regions: list[Region], target: str, offsets: str | None
) -> str:
    """Find the field of a task that regions mark: that of the name of their target, if it has such
    a field; else the only one that they fit.

    offsets (str | None): See `fits`.
    RETURNS (str): Its key. RAISES (ValueError): If there is none, or several.
    """
    named = target.removeprefix("$")
    if isinstance(data.get(named), str | list) and named:
        return named
    texts = [key for key, value in data.items() if is_text(value)]
    fitting = [key for key in texts if all(fits(data[key], one, offsets) for one in regions)]
    if len(texts) == 1:
        return texts[0]
    if len(fitting) == 1:
        return fitting[0]
    if not regions and "text" in texts:
        return "text"
    if not texts:
        raise ValueError(f'found no "text" under "data", expected one beside {list_keys(data)}')
    of = f" of the control for {shorten(target)}" if target else ""
    if not regions:
        raise ValueError(f'found no "text" under "data", expected one beside {list_keys(data)}')
    raise ValueError(
        f"found {'several fields' if fitting else 'no field'} that the entities{of} fit, expected "
        f"one of {', '.join(map(shorten, fitting or texts))}; call the field of the text as "
        f'"to_name" does'
    )


def is_text(value: Any) -> bool:
    """Whether a field may be what was annotated: a text, or paragraphs."""
    return isinstance(value, str) or bool(find_paragraphs(value))


def fits(value: Any, region: Region, offsets: str | None) -> bool:
    """Whether a field has the text of a region, where that says it.

    offsets (str | None): How offsets count; None: nobody says, so in characters or as in browsers,
        of which reading allows one and hints at the other.
    """
    try:
        ((text, start, end),) = place(value, [region], offsets)
    except ValueError:
        return False
    if type(start) is not int or type(end) is not int:
        return False
    if isinstance(value, str) and region.is_of_page:
        return covers(text[start:end], region)
    ways = (offsets,) if offsets else (EXCLUSIVE, JAVASCRIPT)
    return any(covers(cut(text, start, end, way), region) for way in ways)


def cut(text: str, start: int, end: int, way: str) -> str:
    """RETURNS (str): What offsets cover; nothing if they lie inside of a character."""
    try:
        span = to_characters(text, CharSpan(start, end, ""), way)
    except ValueError:
        return ""
    return text[span.start : span.end]


def covers(covered: str, region: Region) -> bool:
    """Whether a text is that of a region, where that says it."""
    return (bool(covered) and region.quoted in (None, covered)) or (
        region.quoted is not None and squeeze(region.quoted) == squeeze(covered)
    )


def place(value: Any, regions: Iterable[Region], offsets: str | None) -> list[tuple[str, Any, Any]]:
    """Find the text that each region is in.

    offsets (str | None): How those of pages count, see `HtmlText.locate`.
    RETURNS (list[tuple[str, Any, Any]]): The texts, and the offsets there: of a page in characters,
        of others as they are.
    RAISES (ValueError): If a region is in no text.
    """
    paragraphs = find_paragraphs(value)
    if paragraphs:
        found = []
        for region in regions:
            index, start, end = read_paragraph(region, len(paragraphs))
            found.append((paragraphs[index], start, end))
        return found
    check_string(value, "the text")
    regions = list(regions)
    if any(one.is_of_page for one in regions):
        page = HtmlText(value)
        return [(page.text, *page.locate(one.value, one.quoted, offsets)) for one in regions]
    return [(value, one.value.get("start"), one.value.get("end")) for one in regions]


def find_paragraphs(value: Any) -> list[str]:
    """RETURNS (list[str]): The texts of a dialogue, an object each; none if it is none."""
    if not (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
        return []
    for key in ("text", *value[0]):
        if all(isinstance(one.get(key), str) for one in value) and key not in ("author", "speaker"):
            return [one[key] for one in value]
    return []


def read_paragraph(region: Region, count: int) -> tuple[int, Any, Any]:
    """RETURNS (tuple[int, Any, Any]): The paragraph of a region, and its offsets there.
    RAISES (ValueError): If there is no such paragraph, or if it goes over several."""
    first, last = region.value.get("start"), region.value.get("end")
    if str(first) != str(last):
        raise ValueError(
            f"found an entity from paragraph {show_json(first)} to {show_json(last)}, expected one "
            "within a paragraph"
        )
    index = int(str(first)) if INDEX.fullmatch(str(first)) else -1
    if not 0 <= index < count:
        raise ValueError(
            f"found paragraph {show_json(first)} of an entity, expected one from 0 to {count - 1}"
        )
    return index, region.value.get("startOffset"), region.value.get("endOffset")


def check_no_link(text: str) -> None:
    """RAISES (ValueError): If a text is but the address of one."""
    if LINK.fullmatch(text.strip()):
        raise ValueError(
            f"found the link {shorten(text)} as the text, expected the text itself; export tasks "
            "with their texts, or put these in before"
        )


def is_control(value: Any) -> bool:
    """Whether a field is a control's: spans, each with a list of labels."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(span, dict) and {"start", "end"} <= span.keys() for span in value)
        and all(any(isinstance(span.get(key), list) for key in TEXT_LABELS) for span in value)
    )


def make_texts(
    value: Any, regions: list[Region], offsets: str | None, *, is_page: bool
) -> list[Result]:
    """RETURNS (list[Result]): The text that a field holds, or a dialogue's, with entities.

    offsets (str | None): See `place`.
    is_page (bool): Whether a text without entities is HTML, as those of the same control are.
    """
    if regions:
        is_page = isinstance(value, str) and any(one.is_of_page for one in regions)
    paragraphs = find_paragraphs(value)
    spans: list[tuple[str, dict[str, Any]]] = []
    placed = place(value, regions, offsets)
    for region, (text, start, end) in zip(regions, placed, strict=True):
        quoted = {} if region.quoted is None else {"text": region.quoted}
        spans.append((text, {"start": start, "end": end, "label": region.label, **quoted}))
    if not paragraphs:
        check_string(value, "the text")
        check_no_link(value)
        text = HtmlText(value).text if is_page else value
        return [AnnotatedText(text, [span for _, span in spans], settled=is_page)]
    indices = [int(str(one.value["start"])) for one in regions]
    return [
        AnnotatedText(
            text, [span for at, (_, span) in zip(indices, spans, strict=True) if at == number]
        )
        for number, text in enumerate(paragraphs)
    ]
