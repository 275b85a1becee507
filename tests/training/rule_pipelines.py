"""A pipeline of rules whose entities are known by hand, and sentences to score it on."""

from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from adaptive_spacy.training.evaluation import predict

VOCAB = Vocab()
RULES = {
    "Ada": "PER",
    "Ben": "PER",
    "Paris": "LOC",
    "New York": "LOC",
    "New": "LOC",
    "York": "CITY",
    "Acme": "ORG",
}
#: Words and gold tags; the ruler's findings in the comments
SENTENCES = [
    ("Ada visits Paris", "B-PER O B-LOC"),  # both right
    ("Ben visits New York", "B-PER O O B-LOC"),  # Ben right, New York wrong, York missed
    ("Acme grows", "O O"),  # Acme wrong: a type that is only predicted
    ("it rains", "O O"),
    ("Cleo met Ada", "B-PER O B-LOC"),  # Cleo missed, Ada of the wrong type
]


def row(precision: float, recall: float, f1: float, support: int) -> dict[str, Any]:
    figures = {"precision": precision, "recall": recall, "f1": f1}
    return {**{name: pytest.approx(one) for name, one in figures.items()}, "support": support}


def make_pipeline(rules: dict[str, str] = RULES) -> Language:
    nlp = spacy.blank("xx")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": words} for words, label in rules.items()])
    return nlp


def make_docs(sentences: list[tuple[str, str]] = SENTENCES) -> list[Doc]:
    return [Doc(VOCAB, words=text.split(), ents=tags.split()) for text, tags in sentences]


def make_example(nlp: Language, reference: Doc) -> Example:
    example = Example(nlp.make_doc(reference.text), reference)
    predict(nlp, [example])
    return example
