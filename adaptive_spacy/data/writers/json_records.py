"""Write docs as records of JSON, each in one of the shapes that tools have."""

import json
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.tagged import TaggedWriter, split_sentences
from adaptive_spacy.data.writers.writer import TEXT_ONLY, Holds, StreamWriter, find_char_spans


def dump(value: Any) -> str:
    """RETURNS (str): A value as JSON, on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def quote_spans(sentence: Sentence) -> Iterator[tuple[int, int, str, str]]:
    """YIELDS (tuple[int, int, str, str]): The entities: start, end, type, text."""
    text = sentence.text
    for start, end, label in find_char_spans(sentence):
        yield start, end, label, text[start:end]


class RecordWriter(StreamWriter):
    """A record per line."""

    @abstractmethod
    def make(self, sentence: Sentence, number: int) -> Any:
        """RETURNS (Any): The record of a doc."""

    def format(self, sentence: Sentence, number: int) -> str:
        return f"{dump(self.make(sentence, number))}\n"


class ListWriter(RecordWriter):
    """The records as one list."""

    head, between, tail = "[\n", ",\n", "\n]\n"

    def format(self, sentence: Sentence, number: int) -> str:
        return dump(self.make(sentence, number))


class DoccanoWriter(RecordWriter):
    title = "doccano"
    holds = TEXT_ONLY

    def make(self, sentence: Sentence, number: int) -> Any:
        return {"id": number + 1, "text": sentence.text, "label": find_char_spans(sentence)}


class EntitiesWriter(RecordWriter):
    title = "texts with entities"
    holds = TEXT_ONLY

    def make(self, sentence: Sentence, number: int) -> Any:
        return make_entities(sentence)


def make_entities(sentence: Sentence) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): A text and its entities."""
    spans = [
        {"start": start, "end": end, "label": label}
        for start, end, label in find_char_spans(sentence)
    ]
    return {"text": sentence.text, "entities": spans}


class LabelStudioWriter(ListWriter):
    title = "Label Studio"
    holds = TEXT_ONLY

    def make(self, sentence: Sentence, number: int) -> Any:
        return {"id": number + 1, **make_task(sentence)}


def make_task(sentence: Sentence) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): A task of Label Studio with its annotation, for a labelling config
    whose control is called "label" and whose text "text"."""
    results = [
        {
            "id": str(i),
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text, "labels": [label]},
        }
        for i, (start, end, label, text) in enumerate(quote_spans(sentence))
    ]
    return {"data": {"text": sentence.text}, "annotations": [{"result": results}]}


class LabelStudioMinWriter(ListWriter):
    title = "Label Studio JSON-MIN"
    holds = TEXT_ONLY

    def make(self, sentence: Sentence, number: int) -> Any:
        spans = [
            {"start": start, "end": end, "text": text, "labels": [label]}
            for start, end, label, text in quote_spans(sentence)
        ]
        # as Label Studio itself, without the key where there is none
        marked = {"label": spans} if spans else {}
        return {"id": number + 1, "text": sentence.text, **marked, "annotation_id": number + 1}


class SpacyTuplesWriter(ListWriter):
    title = "spaCy v2 tuples"
    holds = TEXT_ONLY

    def make(self, sentence: Sentence, number: int) -> Any:
        return [sentence.text, {"entities": find_char_spans(sentence)}]


class SpacyJsonWriter(ListWriter):
    """spaCy v2's documents; `-` as tag: the token is not annotated."""

    title = "spaCy v2 training data"
    holds = Holds(missing=True, sentences=True)
    needs_tokens = True

    def reading(self) -> dict[str, Any]:
        return {"scheme": "BILOU"}

    def make(self, sentence: Sentence, number: int) -> Any:
        tags = encode(sentence.ents, len(sentence.words), "BILOU")
        for i in sentence.missing:
            tags[i] = "-"
        sentences = [
            {"tokens": [{"id": i, "orth": sentence.words[i], "ner": tags[i]} for i in tokens]}
            for tokens in split_sentences(sentence)
        ]
        return {"id": number, "paragraphs": [{"sentences": sentences}]}


class TokensWriter(TaggedWriter, RecordWriter):
    """Tokens and tags as Hugging Face has them; null: the token is not annotated."""

    title = "tokens with tags"
    holds = Holds(missing=True)

    def make(self, sentence: Sentence, number: int) -> Any:
        return {"tokens": sentence.words, "ner_tags": self.tags(sentence)}


class DygieWriter(RecordWriter):
    """A document each: the entities of a sentence count the tokens of all."""

    title = "DyGIE"
    holds = Holds(sentences=True)
    needs_tokens = True
    divides = True

    def make(self, sentence: Sentence, number: int) -> Any:
        parts = split_sentences(sentence)
        words = [[sentence.words[i] for i in tokens] for tokens in parts]
        ner = [
            [[start, end - 1, label] for start, end, label in sentence.ents if start in tokens]
            for tokens in parts
        ]
        return {"doc_key": str(number + 1), "sentences": words, "ner": ner}


class TokenEntitiesWriter(RecordWriter):
    """GLiNER's training data: an entity ends with its last token."""

    title = "tokens with entities"
    holds = Holds()

    def make(self, sentence: Sentence, number: int) -> Any:
        ner = [[start, end - 1, label] for start, end, label in sentence.ents]
        return {"tokenized_text": sentence.words, "ner": ner}


class DataturksWriter(RecordWriter):
    title = "Dataturks"
    holds = TEXT_ONLY

    def make(self, sentence: Sentence, number: int) -> Any:
        found = [
            {"label": [label], "points": [{"start": start, "end": end - 1, "text": text}]}
            for start, end, label, text in quote_spans(sentence)
        ]
        return {"content": sentence.text, "annotation": found}


class TypesWriter(RecordWriter):
    title = "texts with entities by type"
    holds = TEXT_ONLY

    def make(self, sentence: Sentence, number: int) -> Any:
        types: dict[str, dict[str, list[list[int]]]] = {}
        for start, end, label, text in quote_spans(sentence):
            types.setdefault(label, {}).setdefault(text, []).append([start, end - 1])
        return {"text": sentence.text, "label": types}


class BiocJsonWriter(ListWriter):
    """BioC: a document of one passage each."""

    title = "BioC"
    holds = TEXT_ONLY
    needs_tokens = True
    head, tail = '{"source": "", "date": "", "key": "", "documents": [\n', "\n]}\n"

    def make(self, sentence: Sentence, number: int) -> Any:
        annotations = [
            {
                "id": str(i),
                "infons": {"type": label},
                "locations": [{"offset": start, "length": end - start}],
                "text": text,
            }
            for i, (start, end, label, text) in enumerate(quote_spans(sentence))
        ]
        passage = {"offset": 0, "text": sentence.text, "annotations": annotations}
        return {"id": str(number + 1), "passages": [passage]}
