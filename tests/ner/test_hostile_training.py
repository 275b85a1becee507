"""Texts and labels that nobody has: learnt from and read without a crash."""

import math
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from tests.ner.pipelines import make_nlp

WORDS = ["Ada", "lives", "in", "Paris", "."]
STRANGE = [
    "\u202e\u05d0\u05d1",
    "\u200b",
    "\U0001f469\u200d\U0001f680",
    "\ufffd",
    " ",
    "\n",
    "e\u0301",
]


def example(nlp: Language, words: list[str], tags: list[str]) -> Example:
    return Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words, ents=tags))


@pytest.mark.parametrize(
    ("words", "tags"),
    [
        # an entity over all of it
        (WORDS * 40, ["B-PER"] + ["I-PER"] * (5 * 40 - 1)),
        # spaCy takes no more than a million characters
        (["a" * 999_900, *WORDS], ["B-PER", *["O"] * 5]),
        ([" ", "\n", "\t"], ["O"] * 3),
        ([*STRANGE, "Ada", *STRANGE], ["O"] * 7 + ["B-PER"] + ["O"] * 7),
        (WORDS * 4_000, ["B-PER", "O", "O", "B-LOC", "O"] * 4_000),
    ],
    ids=["one entity", "long token", "white space", "strange", "20,000 tokens"],
)
def test_hostile_doc_is_learnt_from_and_read(
    trained: Language, words: list[str], tags: list[str]
) -> None:
    gold = example(trained, words, tags)
    losses: dict[str, float] = {}
    other = example(trained, WORDS, ["B-PER", "O", "O", "B-LOC", "O"])
    trained.update([gold, other], losses=losses)
    assert math.isfinite(losses["transformer_ner"])
    doc = trained(Doc(trained.vocab, words=words))
    assert all(0.0 <= ent._.confidence <= 1.0 and not ent[0].is_space for ent in doc.ents)
    scores = trained.evaluate([example(trained, words, tags)])
    assert scores["ents_loss"] is None or math.isfinite(scores["ents_loss"])


def test_ten_thousand_labels_are_learnt(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    gold = example(nlp, WORDS, ["B-PER", "O", "O", "B-LOC", "O"])
    component = nlp.get_pipe("transformer_ner")
    labels = ["PER", "LOC", *(f"T{i}" for i in range(9_998))]
    nlp.config["initialize"]["components"]["transformer_ner"] = {"labels": labels}
    optimizer = nlp.initialize(lambda: [gold])
    assert len(component.labels) == 10_000  # type: ignore[attr-defined]
    losses: dict[str, float] = {}
    nlp.update([gold], sgd=optimizer, losses=losses)
    assert math.isfinite(losses["transformer_ner"])
    doc = nlp(" ".join(WORDS))
    assert all(ent.label_ in labels for ent in doc.ents)
