"""cleanlab's ranking of labels by tokens, beside ours: `cleanlab.token_classification.rank`.

    pip install cleanlab

It judges tokens, by the probability of the tag that each was given (self-confidence, its default;
Wang and Mueller 2022, arXiv 2210.03920). An entity, annotated or predicted, is as good as its worst
token.
"""

from collections.abc import Sequence
from typing import Any

import numpy
import typer
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.experiments.suspects import Suspect
from adaptive_spacy.ner.component import TransformerNER
from adaptive_spacy.ner.gold import align_gold

BATCH = 64
#: "O" comes first among the tags
O_COLUMN = 0
#: Of a sentence, the quality of each token's label in [0, 1]
Qualities = Sequence[NDArray[numpy.float64]]


def find_rank() -> Any | None:
    """RETURNS (Callable | None): cleanlab's function; None, and a line how to get it, without."""
    try:
        from cleanlab.token_classification.rank import get_label_quality_scores
    except ModuleNotFoundError:
        typer.echo("without cleanlab's ranking: pip install cleanlab", err=True)
        return None
    return get_label_quality_scores


class TokenJudge:
    """Probabilities of the tags of each token, by a model that did not learn from the labels.

    pipe (TransformerNER): The component. probabilities (list): Of each doc. *Shape:* (n_tokens,
        n_tags)
    """

    def __init__(self, nlp: Language, docs: Sequence[Doc]) -> None:
        (self.pipe,) = (pipe for _, pipe in nlp.pipeline if isinstance(pipe, TransformerNER))
        transformer: Any = nlp.get_pipe("transformer")
        self.probabilities = []
        for start in range(0, len(docs), BATCH):
            batch = [Doc(nlp.vocab, words=[t.text for t in doc]) for doc in docs[start:][:BATCH]]
            transformer.set_annotations(batch, transformer.predict(batch))
            for doc, scores in zip(batch, self.pipe.predict(batch), strict=True):
                # what no model reads is no entity
                found = numpy.zeros((len(doc), scores.logits.shape[1]))
                found[:, O_COLUMN] = 1.0
                found[scores.tokens] = _softmax(scores.logits / self.pipe.temperature)
                self.probabilities.append(found)

    def judge(self, rank: Any, examples: Sequence[Example]) -> Qualities:
        """RETURNS (Qualities): What cleanlab says of each token's label."""
        labels = [
            # a token without a label is not in these corpora
            numpy.maximum(self.pipe.tagset.encode(align_gold(eg)[0])[0], O_COLUMN).tolist()
            for eg in examples
        ]
        _, tokens = rank(labels, self.probabilities)
        return [numpy.asarray(one, dtype=float) for one in tokens]


def doubt(one: Suspect, qualities: Qualities) -> float:
    """RETURNS (float): How bad the worst token of what is annotated or predicted is, in [0, 1]."""
    tokens = [
        token
        for entity in (one.annotated, one.predicted)
        if entity is not None
        for token in range(entity.start, entity.end)
    ]
    return 1 - float(qualities[one.doc][tokens].min())


def _softmax(logits: NDArray[Any]) -> NDArray[numpy.float64]:
    weights = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return numpy.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=float)
