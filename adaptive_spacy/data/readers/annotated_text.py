"""A text with entities by character offsets, as a sentence: its tokens, and theirs."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from adaptive_spacy.data.readers.char_spans import locate, resolve
from adaptive_spacy.data.readers.offsets import EXCLUSIVE, CharSpan, check_offsets, to_characters
from adaptive_spacy.data.readers.own_tokens import (
    Positions,
    check_token_indices,
    find_missing,
    find_tokens,
    place_tokens,
)
from adaptive_spacy.data.readers.record_spans import read_span
from adaptive_spacy.data.readers.spacy_tokenizer import Tokenized, Tokenizer
from adaptive_spacy.data.source import Sentence

Add = Callable[[str], None]


class AnnotatedText(NamedTuple):
    """A record as its format has it, still unchecked but for the types named here.

    text (str): The text.
    spans (list[Any]): The entities, each as `read_span` takes it.
    tokens (list[Any] | None): The record's own tokens, `{"text", "start", "end"}` each; None: the
        text is yet to be tokenized.
    missing (list[Any]): Indices of the tokens whose annotation is missing.
    sent_starts (list[Any] | None): Indices of the tokens that begin a sentence; None: not known.
    known_spaces (bool): Whether the spaces of the text are those of the source.
    partial (bool): Whether only the entities are annotated and what is outside is not.
    rejected (list[Any]): What is taken for no entity, as `read_span` takes it: its tokens are
        outside, also where `partial` leaves the others open.
    offsets (str): How its offsets count, one of `CONVENTIONS`.
    settled (bool): Whether that is so whatever --offsets says, as its reader has followed it.
    """

    text: str
    spans: list[Any]
    tokens: list[Any] | None = None
    missing: list[Any] = []  # noqa: RUF012 (never changed)
    sent_starts: list[Any] | None = None
    known_spaces: bool = True
    partial: bool = False
    rejected: list[Any] = []  # noqa: RUF012
    offsets: str = EXCLUSIVE
    settled: bool = False


def make_sentence(
    tokenizer: Tokenizer, record: AnnotatedText, repair: bool, repairs: Counter[str], add: Add
) -> Sentence:
    """Tokenize a record and find the tokens of its entities.

    tokenizer (Tokenizer): Tokenizes records that have no tokens of their own.
    repair (bool), repairs (Counter[str]), add (Add): See `locate` and `resolve`.
    RETURNS (Sentence): The record, of use only if no problem was added.
    RAISES (ValueError): If its tokens do not fit its text.
    """
    positions: Positions = []
    if record.tokens is None:
        tokens = tokenizer(record.text)
    else:
        words, spaces, positions = place_tokens(record.text, record.tokens)
        tokens = tokenizer.make(record.text, words, spaces)
    found = []
    for raw in record.spans:
        try:
            span = read_offsets(record, raw)
            check_token_indices(raw, span, record.tokens or [])
            found.append(
                locate(
                    tokens,
                    span,
                    own_tokens=record.tokens is not None,
                    repair=repair,
                    repairs=repairs,
                )
            )
        except ValueError as error:
            add(str(error))
    ents = resolve(found, repair=repair, repairs=repairs, add=lambda _, message: add(message))
    annotated = {i for start, end, _ in ents for i in range(start, end)}
    if record.partial:
        annotated |= find_rejected(tokens, record, add)
        missing = [i for i in range(len(tokens.words)) if i not in annotated]
    else:
        missing = find_missing(record.missing, positions, annotated)
    starts = record.sent_starts
    return Sentence(
        words=tokens.words,
        ents=ents,
        missing=missing,
        spaces=tokens.spaces if record.known_spaces else None,
        sent_starts=None if starts is None else find_tokens("sent_starts", starts, positions),
    )


def read_offsets(record: AnnotatedText, raw: Any) -> CharSpan:
    """RETURNS (CharSpan): An entity of the record, in characters, that fits its text.
    RAISES (ValueError): If there is none."""
    span = to_characters(record.text, read_span(raw, record.text), record.offsets)
    check_offsets(record.text, span, record.offsets)
    return span


def find_rejected(tokens: Tokenized, record: AnnotatedText, add: Add) -> set[int]:
    """RETURNS (set[int]): The tokens of what was rejected, those that it cuts not among them."""
    found: set[int] = set()
    for raw in record.rejected:
        try:
            start, end, *_ = read_offsets(record, raw)
        except ValueError as error:
            add(str(error))
            continue
        span = tokens.doc.char_span(start, end, alignment_mode="contract")
        if span is not None:
            found.update(range(span.start, span.end))
    return found
