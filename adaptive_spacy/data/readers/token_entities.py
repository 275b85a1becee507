"""Tokens with a list of entities by the numbers of their tokens, as GLiNER and SpERT take them."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.column_kinds import Kind
from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import EXCLUSIVE, INCLUSIVE
from adaptive_spacy.data.readers.own_tokens import place_words
from adaptive_spacy.data.readers.record_fields import TEXT, check_object, list_keys
from adaptive_spacy.data.readers.record_file import Choices, Read, RecordFile
from adaptive_spacy.data.readers.record_spans import read_span
from adaptive_spacy.data.readers.tag_lists import FIRST_RECORDS, TagLists
from adaptive_spacy.data.readers.tag_table import TAGS
from adaptive_spacy.data.readers.tagged_tokens import TaggedTokens, are_tagged

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
    unused = frozenset({"lang"})  # --spans-key may name tags

    @staticmethod
    def fits(record: Any) -> bool:
        if not isinstance(record, dict):
            return False
        words = find_words(record)
        spans = [record[key] for key in SPANS if isinstance(record.get(key), list)]
        are_spans = any(value and all(map(is_token_span, value)) for value in spans)
        return words is not None and (are_spans or (bool(words) and spans == [[]]))

    def _find_format(self, file: RecordFile) -> type[JsonRecords]:
        """RETURNS (type[JsonRecords]): That of tags, if --spans-key names these."""
        _, record = next(file.records("Opening"), (0, None))
        are_tags = self.spans_key is not None and are_tagged(record, self.spans_key)
        return TaggedTokens if are_tags else type(self)

    @classmethod
    def learn(cls, records: Iterator[Any], choices: Choices) -> Read:
        check_ends(choices.offsets)
        found = (record for record in records if isinstance(record, dict))
        first = list(islice(found, FIRST_RECORDS))
        if choices.spans_key is None:
            refuse_tags(first)
        shown = set()
        if choices.offsets is None:
            refuse_characters(first, choices.spans_key)
            for record in chain(first, found):
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
        tokens = place_words(words)
        spans = []
        ends = choices.offsets or choose_ends(record, record[key], shown)
        for raw in record[key]:
            start, last, label = read_tokens(raw, len(words), ends)
            first, end = tokens[start]["start"], tokens[last]["end"]
            spans.append({"start": first, "end": end, "label": label})
        return AnnotatedText(" ".join(words), spans, tokens, known_spaces=False)


def check_ends(offsets: str | None) -> None:
    """RAISES (ValueError): If that is no way to count tokens."""
    if offsets not in (None, EXCLUSIVE, INCLUSIVE):
        raise ValueError(
            f"--offsets: expected {EXCLUSIVE} or {INCLUSIVE} for entities by token, got {offsets!r}"
        )


def refuse_tags(records: Sequence[dict[str, Any]]) -> None:
    """RAISES (ValueError): If the tokens have entity tags, too, which may say something else."""
    lists = TagLists(TAGS)
    for record in records:
        lists.add(record, len(find_words(record) or ()))
    tagged = [one for one in lists.list_entities() if lists.kind(one) is not Kind.OUTSIDE]
    if not tagged:
        return
    keys = [find_key(record, None) for record in records]
    key = next(filter(None, keys), SPANS[0])
    ways = " or ".join(f"--spans-key {one}" for one in (key, *tagged))
    raise ValueError(
        f'found entities by token under "{key}" and tags under {lists.describe(tagged)}, expected '
        f"one of both; {ways} says which to read"
    )


def refuse_characters(records: Sequence[dict[str, Any]], spans_key: str | None) -> None:
    """RAISES (ValueError): If there are texts, too, and entities that fit characters of these."""
    with_text = [
        (record, text, spans)
        for record in records
        if (text := next((record[k] for k in TEXT if isinstance(record.get(k), str)), None))
        and (key := find_key(record, spans_key))
        and (spans := to_list(record[key]))
    ]
    if with_text and all(fit_characters(*one) for one in with_text):
        raise ValueError(
            "found entities beside a text and its tokens that may count characters or tokens, "
            "expected to see which; --format entities says characters, --format token-entities "
            "with --offsets exclusive or inclusive says tokens"
        )


def fit_characters(record: dict[str, Any], text: str, spans: list[Any]) -> bool:
    """Whether all entities begin and end with a token, counted in characters of the text."""
    starts, ends, at = set(), set(), 0
    for word in find_words(record) or ():
        at = text.find(word, at)
        if at < 0:
            return False
        starts.add(at)
        at += len(word)
        ends.add(at)
    try:
        found = [read_span(raw, text) for raw in spans if not has_indices(raw)]
    except ValueError:
        return False
    return bool(found) and all(one.start in starts and one.end in ends for one in found)


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
