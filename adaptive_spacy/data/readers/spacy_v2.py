"""Training data of spaCy v2: tuples of a text and its entities, and documents of its JSON."""

from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.record_fields import (
    check_object,
    check_string,
    check_word,
    get_list,
    get_objects,
    list_keys,
    read_tag,
)
from adaptive_spacy.data.readers.tag_table import Tagged


class SpacyTuples(JsonRecords):
    """Records `["text", {"entities": [[start, end, label], ...]}]`, or the list alone."""

    title = "spaCy v2 tuples"
    limits = "categories; links"
    place = "entities"

    @staticmethod
    def fits(record: Any) -> bool:
        return (
            isinstance(record, list)
            and len(record) == 2
            and isinstance(record[0], str)
            and (isinstance(record[1], dict) or is_list_of_entities(record[1]))
        )

    @staticmethod
    def read(record: Any) -> AnnotatedText:
        if not SpacyTuples.fits(record):
            raise ValueError(f'found {show_json(record)}, expected ["text", {{"entities": [...]}}]')
        text, annotations = record
        check_string(text, "the text")
        if isinstance(annotations, list):
            return AnnotatedText(text, annotations)
        if "entities" not in annotations:
            raise ValueError(f'found {list_keys(annotations)} beside the text, expected "entities"')
        return AnnotatedText(text, get_list(annotations, "entities"))


def is_list_of_entities(value: Any) -> bool:
    """Whether a value is a list of `[start, end, label]`, or of nothing."""
    return isinstance(value, list) and all(
        isinstance(one, list) and [type(part) for part in one[:3]] == [int, int, str]
        for one in value
    )


class SpacyJson(JsonRecords):
    """Documents of the training JSON; `-` as tag: the token is not annotated."""

    title = "spaCy v2 training data"
    limits = "parts of speech; dependencies; categories"
    is_tagged = True
    chooses_spans = False
    unused = frozenset({"lang", "offsets", "spans_key"})

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and isinstance(record.get("paragraphs"), list)

    @staticmethod
    def read(record: Any) -> Tagged:
        record = check_object(record)
        words: list[str] = []
        tags: list[str] = []
        starts: list[int] = []
        for paragraph in get_objects(record, "paragraphs"):
            for sentence in get_objects(paragraph, "sentences"):
                tokens = get_objects(sentence, "tokens")
                if tokens:
                    starts.append(len(words))
                for token in tokens:
                    if not {"orth", "ner"} <= token.keys():
                        raise ValueError(
                            f'found a token with {list_keys(token)}, expected "orth" and "ner"'
                        )
                    words.append(check_word(token["orth"], len(words)))
                    tags.append(read_tag(token["ner"]))
        missing = [i for i, tag in enumerate(tags) if tag == "-"]
        return Tagged(words, ["O" if tag == "-" else tag for tag in tags], missing, starts)
