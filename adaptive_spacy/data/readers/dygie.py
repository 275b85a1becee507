"""Documents of tokenized sentences with the entities of each, as DyGIE++, SciERC and PURE take
them: `{"sentences": [["Ada", "sings"], ["Ulm"]], "ner": [[[0, 0, "PER"]], [[2, 2, "LOC"]]]}`."""

from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import TAG_OPTIONS, JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import EXCLUSIVE, INCLUSIVE
from adaptive_spacy.data.readers.own_tokens import place_words
from adaptive_spacy.data.readers.record_fields import check_object, list_keys
from adaptive_spacy.data.readers.record_file import Choices, Read
from adaptive_spacy.data.readers.record_spans import read_span
from adaptive_spacy.data.readers.token_entities import check_ends

SENTENCES, NER = "sentences", "ner"


class Dygie(JsonRecords):
    """Documents whose entities count the tokens of the whole document, and end with their last, or
    with --offsets exclusive with the one behind it."""

    title = "DyGIE"
    limits = "relations; events; coreference"
    chooses_spans = False
    counts_characters = False
    unused = TAG_OPTIONS | {"lang", "spans_key"}

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and all(
            isinstance(record.get(key), list) and all(isinstance(one, list) for one in record[key])
            for key in (SENTENCES, NER)
        )

    @classmethod
    def learn(cls, records: Iterator[Any], choices: Choices) -> Read:
        check_ends(choices.offsets)
        return partial(cls.read, ends=choices.offsets or INCLUSIVE)

    @staticmethod
    def read(record: Any, ends: str = INCLUSIVE) -> AnnotatedText:
        record = check_object(record)
        if not Dygie.fits(record):
            raise ValueError(
                f'found {list_keys(record)}, expected "sentences" of tokens and under "ner" the '
                "entities of each"
            )
        sentences, entities = record[SENTENCES], record[NER]
        if len(sentences) != len(entities):
            raise ValueError(
                f"found {len(sentences)} sentences and entities of {len(entities)}, expected those "
                "of each"
            )
        words = [word for sentence in sentences for word in sentence]
        tokens = place_words(words)
        edges = list(accumulate((len(one) for one in sentences), initial=0))
        spans = []
        for number, found in enumerate(entities):
            for raw in found:
                start, end, label = read_tokens(raw, number, edges[number : number + 2], ends)
                first, last = tokens[start], tokens[end]
                spans.append({"start": first["start"], "end": last["end"], "label": label})
        starts = [edges[i] for i, sentence in enumerate(sentences) if sentence]
        return AnnotatedText(
            " ".join(words), spans, tokens, sent_starts=starts or None, known_spaces=False
        )


def read_tokens(raw: Any, number: int, edges: list[int], ends: str) -> tuple[int, int, str]:
    """RETURNS (tuple[int, int, str]): First token, last token and type of an entity.

    number (int): Of its sentence, from 0.
    edges (list[int]): The first token of that, and the one behind its last.
    ends (str): Whether its end is its last token (INCLUSIVE) or the one behind.
    RAISES (ValueError): If it is not in its sentence.
    """
    begin, end = edges
    first, last, label, _ = read_span(raw)
    if ends == EXCLUSIVE:
        last -= 1
    if not begin <= first <= last < end:
        where = f"tokens from {begin} to {end - 1}" if end > begin else "no token"
        what = "its last token" if ends == INCLUSIVE else "the token behind its last"
        other, last = (EXCLUSIVE, last - 1) if ends == INCLUSIVE else (INCLUSIVE, last + 1)
        fits = begin <= first <= last < end
        hint = f"; --offsets {other} counts so that it fits" if fits else ""
        raise ValueError(
            f"found the entity {show_json(raw)} in sentence {number}, expected its first and "
            f"{what}, counted over the whole document: that sentence has {where}{hint}"
        )
    return first, last, label
