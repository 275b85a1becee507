"""Entities given by character offsets, as tokens; and what to do where the two do not fit."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from adaptive_spacy.data.readers.offsets import CharSpan, check_offsets
from adaptive_spacy.data.readers.spacy_tokenizer import Tokenized
from adaptive_spacy.data.source import shorten

# scripts without spaces between words, and the language whose tokenizer divides them
UNSPACED = (
    (re.compile("[\u3041-\u30ff]"), "ja"),
    (re.compile("[\u0e01-\u0e5b]"), "th"),
    (re.compile("[\u3400-\u9fff]"), "zh"),
)


def locate(
    tokens: Tokenized,
    span: CharSpan,
    *,
    own_tokens: bool = False,
    repair: bool,
    repairs: Counter[str],
) -> Span:
    """Find the tokens of an entity.

    own_tokens (bool): Whether the tokens are the source's own: an entity of whole tokens is then
        meant so, white space at its edge and all.
    repair (bool): Trim white space and widen to whole tokens; without it both are errors.
    repairs (Counter[str]): Takes what was mended, by kind.
    RETURNS (Span): The tokens, with the entity's label.
    RAISES (ValueError): If the offsets do not fit the text, or not its tokens.
    """
    doc, text = tokens.doc, tokens.text
    check_offsets(text, span)
    entity = doc.char_span(span.start, span.end, label=span.label) if own_tokens else None
    if entity is not None:
        return entity
    if not text[span.start : span.end].strip():
        raise ValueError(
            f"found an entity from {span.start} to {span.end} ({span.label}) that covers only "
            "white space, expected text"
        )
    trimmed = trim(text, span)
    if trimmed != span:
        if not repair:
            raise ValueError(
                f"found {span.show(text)} with white space at its edge, expected "
                f"{trimmed.show(text)}; --repair trims it"
            )
        repairs["white space at the edge of an entity trimmed"] += 1
    start, end = trimmed.start, trimmed.end
    entity = doc.char_span(start, end, label=span.label, alignment_mode="expand")
    assert entity is not None  # what is in the text and is no white space is in a token
    if (entity.start_char, entity.end_char) != (start, end):
        if not repair:
            raise ValueError(describe_misaligned(trimmed, doc, entity))
        repairs["entities widened to whole tokens"] += 1
    return entity


def trim(text: str, span: CharSpan) -> CharSpan:
    """RETURNS (CharSpan): The span without white space at its edges."""
    covered = text[span.start : span.end]
    return span._replace(
        start=span.end - len(covered.lstrip()), end=span.start + len(covered.rstrip())
    )


def describe_misaligned(span: CharSpan, doc: Doc, whole: Span) -> str:
    """RETURNS (str): Which tokens the entity cuts."""
    cuts = [
        f"{verb} inside the token {shorten(token.text)} ({token.idx} to {token.idx + len(token)})"
        for verb, token, offset in (("starts", whole[0], span.start), ("ends", whole[-1], span.end))
        if token.idx < offset < token.idx + len(token)
    ]
    message = f"found {span.show(doc.text)}, which {' and '.join(cuts)}, expected whole tokens; "
    for script, lang in UNSPACED:
        if script.search(whole.text) and doc.vocab.lang != lang:
            return f"{message}--lang {lang} makes tokens of text that is written without spaces"
    return f"{message}--repair widens it to these"


def resolve(
    entities: list[Span],
    *,
    repair: bool,
    repairs: Counter[str],
    add: Callable[[Span, str], None],
) -> list[tuple[int, int, str]]:
    """Put the entities of a doc in order, none of them over another.

    repair (bool): Drop what occurs twice, and of entities that overlap keep the one of most
        tokens, of equals the first; without it both are problems.
    repairs (Counter[str]): Takes what was mended, by kind.
    add (Callable[[Span, str], None]): Takes the problems, each with the entity that has it.
    RETURNS (list[tuple[int, int, str]]): First token, token after the last, type.
    """
    found = sorted(entities, key=lambda span: (span.start, span.end))
    if any(span.end > following.start for span, following in pairwise(found)):
        if repair:
            found = drop_overlaps(found, repairs)
        else:
            find_overlaps(found, add)
    return [(span.start, span.end, span.label_) for span in found]


def drop_overlaps(found: list[Span], repairs: Counter[str]) -> list[Span]:
    """RETURNS (list[Span]): The longest of those that overlap, and all others."""
    unique = list({(span.start, span.end, span.label): span for span in found}.values())
    longest = filter_spans(unique)
    for kind, dropped in (
        ("entities that occur twice dropped", len(found) - len(unique)),
        ("overlapping entities dropped, the longest kept", len(unique) - len(longest)),
    ):
        if dropped:
            repairs[kind] += dropped
    return longest


def find_overlaps(found: list[Span], add: Callable[[Span, str], None]) -> None:
    """Tell of each entity, in order, whether it overlaps one before it."""
    furthest = found[0]
    for span in found[1:]:
        if (span.start, span.end, span.label) == (furthest.start, furthest.end, furthest.label):
            add(span, f"found {show_entity(span)} twice, expected it once; --repair drops it")
        elif span.start < furthest.end:
            add(
                span,
                f"found {show_entity(furthest)} and {show_entity(span)}, which overlap, expected "
                "one of them; --repair keeps the longest",
            )
        if span.end > furthest.end:
            furthest = span


def show_entity(span: Span) -> str:
    """RETURNS (str): What an entity covers, where it is and its type, for messages."""
    return CharSpan(span.start_char, span.end_char, span.label_).show(span.doc.text)
