"""Tokens and a tag for each, as rows of the Hugging Face hub are written in JSON."""

from typing import Any

from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.record_fields import check_object, check_word, list_keys, read_tag
from adaptive_spacy.data.readers.tag_table import TAGS, WORDS, Tagged


class TaggedTokens(JsonRecords):
    """Records of two lists, tokens and tags."""

    title = "tokens with tags"
    limits = "tags that are numbers"
    is_tagged = True

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and all(
            any(isinstance(record.get(key), list) for key in keys) for keys in (WORDS, TAGS)
        )

    @staticmethod
    def read(record: Any) -> Tagged:
        record = check_object(record)
        if not TaggedTokens.fits(record):
            raise ValueError(
                f'found {list_keys(record)}, expected lists under "tokens" and "ner_tags"'
            )
        words, tags = (
            next(record[key] for key in keys if isinstance(record.get(key), list))
            for keys in (WORDS, TAGS)
        )
        return Tagged(
            [check_word(word, i) for i, word in enumerate(words)], [read_tag(tag) for tag in tags]
        )
