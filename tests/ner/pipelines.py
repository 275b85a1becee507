"""Small pipelines with `transformer_ner`, taught the sentences of `tests.conftest`."""

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from tests.conftest import SENTENCES

NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


def make_nlp(folder: Path, transformer_config: dict | None = None, **config) -> Language:
    nlp = spacy.blank("xx")
    model = {"name": str(folder), "transformer_config": transformer_config or {}}
    nlp.add_pipe("transformer", config={"model": model})
    nlp.add_pipe("transformer_ner", config=config)
    return nlp


def examples(nlp: Language, sentences=SENTENCES) -> list[Example]:
    result = []
    for text, tags in sentences:
        words = text.split()
        reference = Doc(nlp.vocab, words=words, ents=tags.split())
        result.append(Example(Doc(nlp.vocab, words=words), reference))
    return result


def learn(nlp: Language, steps: int = 40, rate: float = 3e-3) -> list[float]:
    """Overfit `SENTENCES`. RETURNS (list[float]): The loss of each step."""
    fix_random_seed(0)
    nlp.initialize(lambda: examples(nlp))
    optimizer = Adam(rate, use_averages=False)
    losses = []
    for _ in range(steps):
        step: dict[str, float] = {}
        nlp.update(examples(nlp), sgd=optimizer, losses=step, drop=0.0)
        losses.append(step["transformer_ner"])
    return losses


def found(doc: Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


GOLD = {
    "Ada lives in Paris .": [("Ada", "PER"), ("Paris", "LOC")],
    "Ben Ray visits New York today": [("Ben Ray", "PER"), ("New York", "LOC")],
    "nothing happens here .": [],
}
