"""Tokens with a list of entities by the numbers of their tokens, as GLiNER and SpERT take them."""

from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import EXCLUSIVE, INCLUSIVE
from adaptive_spacy.data.readers.record_fields import check_object, check_word, list_keys
from adaptive_spacy.data.readers.record_file import Choices, Read
from adaptive_spacy.data.readers.record_spans import read_span

WORDS = ("tokenized_text", "tokens", "words", "sentence")
SPANS = ("ner", "entities", "spans", "ents", "mentions")
GLINER = "tokenized_text"


USUAL = Choices()


class TokenSpan(NamedTuple):
    """An entity as it stands in the record.

    start (int), end (int): Numbers of its tokens.
    label (str): Its type.
    """

    start: int
    end: int
    label: str


class TokenEntities(JsonRecords):
    """Records of tokens, and entities by the numbers of tokens. Their end is the last token in
    GLiNER's `{"tokenized_text", "ner"}`, the one behind it in SpERT's `{"tokens", "entities":
    [{"start", "end", "type"}]}`; in others what fits all records."""

    title = "tokens with entities"
    limits = "entities of several parts; relations"
    chooses_spans = False
    counts_characters = False

    @staticmethod
    def fits(record: Any) -> bool:
        if not isinstance(record, dict):
            return False
        words = find_words(record)
        spans = [record[key] for key in SPANS if isinstance(record.get(key), list)]
        are_spans = any(value and all(map(is_token_span, value)) for value in spans)
        return words is not None and (are_spans or (bool(words) and spans == [[]]))

    @classmethod
    def learn(cls, records: Iterator[Any], choices: Choices) -> Read:
        if choices.offsets not in (None, EXCLUSIVE, INCLUSIVE):
            raise ValueError(
                f"--offsets: expected {EXCLUSIVE} or {INCLUSIVE} for entities by token, got "
                f"{choices.offsets!r}"
            )
        shown = set()
        for record in records if choices.offsets is None else ():
            if isinstance(record, dict):
                shown |= tell_ends(record, choices.spans_key)
        return partial(cls.read, choices=choices, shown=frozenset(shown))

    @staticmethod
    def read(
        record: Any, choices: Choices = USUAL, shown: frozenset[str] = frozenset()
    ) -> AnnotatedText:
        record = check_object(record)
        words = find_words(record)
        key = find_key(record, choices.spans_key)
        if words is None or key is None:
            raise ValueError(
                f'found {list_keys(record)}, expected tokens under "tokenized_text" or "tokens" '
                'and their entities under "ner" or "entities"'
            )
        words = [check_word(word, i) for i, word in enumerate(words)]
        starts = list(accumulate((len(word) + 1 for word in words), initial=0))[:-1]
        spans = []
        ends = choices.offsets or choose_ends(record, record[key], shown)
        for raw in record[key]:
            start, last, label = read_tokens(raw, len(words), ends)
            end = starts[last] + len(words[last])
            spans.append({"start": starts[start], "end": end, "label": label})
        tokens = [
            {"text": word, "start": start, "end": start + len(word)}
            for word, start in zip(words, starts, strict=True)
        ]
        return AnnotatedText(" ".join(words), spans, tokens, known_spaces=False)


def find_words(record: dict[str, Any]) -> list[Any] | None:
    """RETURNS (list[Any] | None): The tokens of a record; None if it has none."""
    for key in WORDS:
        value = record.get(key)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return value
    return None


def find_key(record: dict[str, Any], spans_key: str | None) -> str | None:
    """RETURNS (str | None): Where the entities of a record are; None if it has none."""
    keys = (spans_key,) if spans_key else SPANS
    found = [key for key in keys if isinstance(record.get(key), list)]
    if len([key for key in found if record[key]]) > 1:
        raise ValueError(
            f"found entities under {' and '.join(found)}, expected them under one key; --spans-key "
            f"{found[0]} takes one of them"
        )
    return next((key for key in found if record[key]), found[0] if found else None)


def is_token_span(value: Any) -> bool:
    """Whether a value is an entity by tokens, by its shape."""
    if isinstance(value, list):
        return len(value) >= 3 and [type(one) for one in value[:2]] == [int, int]
    return isinstance(value, dict) and ({"start", "end"} <= value.keys() or has_indices(value))


def has_indices(value: Any) -> bool:
    """Whether an entity names each of its tokens: `{"index": [2, 3], "type": "PER"}` (W2NER)."""
    return isinstance(value, dict) and isinstance(value.get("index"), list)


def read_indices(raw: dict[str, Any]) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): An entity that names its tokens, with the first and the one behind
    the last. RAISES (ValueError): If they are not one after another."""
    index = raw["index"]
    are_numbers = bool(index) and all(type(one) is int for one in index)
    if not are_numbers or index != list(range(index[0], index[0] + len(index))):
        raise ValueError(
            f"found the entity {show_json(raw)}, expected tokens that follow one another"
        )
    return {**raw, "start": index[0], "end": index[-1] + 1}


def tell_ends(record: dict[str, Any], spans_key: str | None) -> set[str]:
    """RETURNS (set[str]): Which ways to count the ends a record rules in: an entity that ends
    where it starts has its last token as end, one that ends with the number of tokens the next."""
    words, keys = find_words(record), (spans_key,) if spans_key else SPANS
    shown = set()
    for raw in (one for key in keys for one in to_list(record.get(key)) if words is not None):
        try:
            start, end, *_ = read_span(raw)
        except ValueError:
            continue
        if start == end:
            shown.add(INCLUSIVE)
        if end == len(words or ()):
            shown.add(EXCLUSIVE)
    return shown


def to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def choose_ends(record: dict[str, Any], spans: list[Any], shown: frozenset[str]) -> str:
    """RETURNS (str): How the ends of a record count, by its format, else by what all records show.
    RAISES (ValueError): If nothing tells."""
    if GLINER in record:
        return INCLUSIVE
    if spans and all(isinstance(one, dict) for one in spans):
        return EXCLUSIVE
    if not spans:
        return EXCLUSIVE
    if len(shown) == 1:
        return next(iter(shown))
    raise ValueError(
        "found entities by token whose ends may be the last token or the one behind it, expected "
        "to see which; --offsets inclusive says the last, --offsets exclusive the one behind"
    )


def read_tokens(raw: Any, count: int, ends: str) -> TokenSpan:
    """RETURNS (TokenSpan): An entity with its first and its last token.
    RAISES (ValueError): If these are none of the record."""
    if has_indices(raw):
        raw, ends = read_indices(raw), EXCLUSIVE
    start, end, label, _ = read_span(raw)
    last = end if ends == INCLUSIVE else end - 1
    if not 0 <= start <= last < count:
        what = "the last token" if ends == INCLUSIVE else "the token behind the last"
        other, last = (EXCLUSIVE, end - 1) if ends == INCLUSIVE else (INCLUSIVE, end)
        hint = f"; --offsets {other} counts so that it fits" if 0 <= start <= last < count else ""
        raise ValueError(
            f"found the entity {show_json(raw)}, whose end is {what}, expected tokens from 0 to "
            f"{count - 1} in order{hint}"
        )
    return TokenSpan(start, last, label)
