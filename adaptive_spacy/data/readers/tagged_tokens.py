"""Tokens and a tag for each, as rows of the Hugging Face hub are written in JSON."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.record_fields import check_object, check_word, list_keys, read_tag
from adaptive_spacy.data.readers.record_file import Choices, Read
from adaptive_spacy.data.readers.tag_lists import FIRST_RECORDS, TagLists
from adaptive_spacy.data.readers.tag_table import TAGS, WORDS, Tagged


class TaggedTokens(JsonRecords):
    """Records of tokens and a list of their tags: of several lists the one that holds entities."""

    title = "tokens with tags"
    limits = "tags that are numbers"
    is_tagged = True
    chooses_spans = False
    unused = frozenset({"lang", "offsets"})

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and all(
            any(isinstance(record.get(key), list) for key in keys) for keys in (WORDS, TAGS)
        )

    @classmethod
    def learn(cls, records: Iterator[Any], choices: Choices) -> Read:
        if choices.spans_key:
            return partial(cls.read, key=choices.spans_key)
        lists = TagLists(TAGS)
        for record in islice(records, FIRST_RECORDS):
            if isinstance(record, dict) and (words := find_list(record, WORDS)) is not None:
                lists.add(record, len(words))
        return partial(cls.read, key=lists.choose("--spans-key"))

    @staticmethod
    def read(record: Any, key: str | None = None) -> Tagged:
        record = check_object(record)
        words = find_list(record, WORDS)
        tags = find_list(record, TAGS if key is None else (key,))
        if words is None or tags is None:
            raise ValueError(
                f'found {list_keys(record)}, expected lists under "tokens" and '
                f'"{key or "ner_tags"}"'
            )
        others = sum(isinstance(record.get(one), list) for one in TAGS)
        return Tagged(
            [check_word(word, i) for i, word in enumerate(words)],
            [read_tag(tag) for tag in tags],
            note=f'tags under "{key}"' if key and others > 1 else "",
        )


def find_list(record: dict[str, Any], keys: tuple[str, ...]) -> list[Any] | None:
    """RETURNS (list[Any] | None): What is under the first of these keys that holds a list."""
    return next((record[key] for key in keys if isinstance(record.get(key), list)), None)


def are_tagged(record: Any, key: str) -> bool:
    """Whether a record has a tag for each token under a key."""
    words = find_list(record, WORDS) if isinstance(record, dict) else None
    tags = record.get(key) if words is not None else None
    return (
        words is not None
        and isinstance(tags, list)
        and len(tags) == len(words)
        and any(isinstance(one, str) for one in tags)
    )
