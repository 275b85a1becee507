"""Small pipelines with our transformer and that of spacy-transformers, which read alike."""

from pathlib import Path

import numpy
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import fix_random_seed

from adaptive_spacy.training.optimizer import make_adamw_v1
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples

#: Text, label and confidence of each entity
Prediction = list[tuple[str, str, float]]
TEXTS = [text for text, _ in SENTENCES] + ["", "Ada  lives\nin Paris . " * 30]


def make_nlp(folder: Path, architecture: str, **settings) -> Language:
    nlp = spacy.blank("xx")
    spans = {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 16, "stride": 12}
    model = {"@architectures": architecture, "name": str(folder), "get_spans": spans, **settings}
    nlp.add_pipe("transformer", config={"model": model})
    nlp.add_pipe("transformer_ner")
    return nlp


OURS, THEIRS = "adaptive_spacy.TransformerModel.v1", "spacy-transformers.TransformerModel.v3"


def trained(folder: Path, architecture: str, steps: int = 25, **settings) -> Language:
    fix_random_seed(0)
    nlp = make_nlp(folder, architecture, **settings)
    nlp.initialize(lambda: examples(nlp))
    learn(nlp, steps)
    return nlp


def learn(nlp: Language, steps: int) -> None:
    """As spaCy's training loop does it."""
    optimizer = make_adamw_v1(3e-3)
    for _ in range(steps):
        nlp.update(examples(nlp), sgd=False)  # type: ignore[arg-type]
        for name in ("transformer", "transformer_ner"):
            nlp.get_pipe(name).finish_update(optimizer)
        optimizer.step_schedules()


def weights(nlp: Language) -> dict[str, torch.Tensor]:
    return nlp.get_pipe("transformer").model.transformer.state_dict()


def vectors(nlp: Language) -> list[numpy.ndarray]:
    docs = list(nlp.get_pipe("transformer").pipe(map(nlp.make_doc, TEXTS)))
    tensors = [doc._.trf_data.tensors for doc in docs]
    return [one[0] for one in tensors if one]


def read(doc: Doc) -> Prediction:
    return [(ent.text, ent.label_, ent._.confidence) for ent in doc.ents]
