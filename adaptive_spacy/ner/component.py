"""The component `transformer_ner`: named entity recognition as token classification."""

from collections.abc import Iterable
from typing import Any
from weakref import ref

import numpy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Config, Model

from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.class_weights import (
    ClassWeights,
)
from adaptive_spacy.ner.decoding import decode, require_decoder
from adaptive_spacy.ner.evaluation_loss import (
    DocScores,
    KeptScores,
    mean_evaluation_loss,
    no_scores,
    sum_losses,
)
from adaptive_spacy.ner.gold import gold_columns, may_be_tagged, tell_misaligned
from adaptive_spacy.ner.learning_pipe import LearningPipe
from adaptive_spacy.ner.model import TagLogits
from adaptive_spacy.ner.presets import annotate, free_runs, read_presets
from adaptive_spacy.ner.scorer import Scorer, loss_name, score_ner

confidence.register()

DEFAULT_CONFIG = Config().from_str(
    """
[transformer_ner]
scheme = "BIO"
decoder = "viterbi"
class_weights = null

[transformer_ner.model]
@architectures = "adaptive_spacy.TokenClassifier.v1"
nO = null

[transformer_ner.model.tok2vec]
@architectures = "spacy-transformers.TransformerListener.v1"
grad_factor = 1.0
upstream = "*"

[transformer_ner.model.tok2vec.pooling]
@layers = "adaptive_spacy.first_piece.v1"

[transformer_ner.scorer]
@scorers = "adaptive_spacy.ner_scorer.v1"
"""
)


@Language.factory(
    "transformer_ner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type", "span._.confidence"],
    default_config=DEFAULT_CONFIG["transformer_ner"],
    default_score_weights={
        "ents_f": 1.0,
        "ents_p": 0.0,
        "ents_r": 0.0,
        "ents_per_type": None,
        "ents_loss": None,
    },
)
def make_transformer_ner(
    nlp: Language,
    name: str,
    model: Model[list[Doc], TagLogits],
    scheme: str,
    decoder: str,
    class_weights: dict[str, float] | str | None,
    scorer: Scorer | None,
) -> "TransformerNER":
    """Registered as `transformer_ner`; see `TransformerNER`."""
    component = TransformerNER(
        nlp.vocab,
        model,
        name,
        scheme=scheme,
        decoder=decoder,
        class_weights=class_weights,
        scorer=scorer,
    )
    component.nlp = ref(nlp)
    return component


class TransformerNER(LearningPipe):
    """Token-classification NER: a linear layer on the transformer, softmax cross-entropy.

    vocab (Vocab): The shared vocabulary.
    model (Model): Docs to `TagLogits`, usually `adaptive_spacy.TokenClassifier.v1`.
    name (str): The component's name in the pipeline.
    scheme (str): Tagging scheme: "BIO", "BILOU" or "IO".
    decoder (str): "viterbi" (never an illegal sequence) or "greedy".
    class_weights (dict[str, float] | str | None): Weight per entity type and "O" in the training
        loss, 1.0 where not named; "balanced": inverse to the types' token counts in the training
        data; None: all alike.
    scorer (Callable | None): Scores a list of examples.
    """

    own = (*LearningPipe.own, "_scored", "losses")

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], TagLogits],
        name: str = "transformer_ner",
        *,
        scheme: str = "BIO",
        decoder: str = "viterbi",
        class_weights: ClassWeights = None,
        scorer: Scorer | None = score_ner,
    ) -> None:
        super().__init__(vocab, model, name, scheme, class_weights)
        self.decoder = require_decoder(decoder, name)
        self.scorer = scorer

    def begin(self) -> None:
        super().begin()
        self._scored = KeptScores()
        #: Of each example that was scored last: the loss of its tokens, in nats, and how many
        #: tokens these are
        self.losses: list[tuple[float, int]] = []

    # Prediction

    def predict(self, docs: Iterable[Doc]) -> list[DocScores]:
        """Score the tags of each token, and keep the scores for `score` as long as the docs live.

        docs (Iterable[Doc]): The docs.
        RETURNS (list[DocScores]): One per doc.
        """
        self._settle()
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [no_scores(len(self.tagset.columns)) for _ in docs]
        output = self.model.predict(docs)
        to_numpy = self.model.ops.to_numpy
        words = [may_be_tagged(doc) for doc in docs]
        if any(map(numpy.any, words)) and not any(map(numpy.any, output.represented)):
            # a listener that hears nothing says nothing (spacy-transformers 1.4)
            self._tell(
                "a text has words of which none has a vector, so no entity is found there. If it "
                "is so with every text, the transformer is excluded, disabled or comes too late"
            )
        scored = []
        for doc, word, logits, represented in zip(
            docs, words, output.logits, output.represented, strict=True
        ):
            tokens = numpy.flatnonzero(represented & word)
            scored.append(DocScores(tokens, to_numpy(logits)[tokens]))
            self._scored.keep(doc, scored[-1])
        return scored

    def set_annotations(self, docs: Iterable[Doc], scores: list[DocScores]) -> None:
        """Set entities and their confidence, beside what is preset (`presets.py`).

        docs (Iterable[Doc]): The docs.
        scores (list[DocScores]): What `predict` returned for them.
        """
        docs = list(docs)
        presets = [read_presets(doc, self.name) for doc in docs]
        runs = [
            free_runs(one.tokens, preset.taken) for one, preset in zip(scores, presets, strict=True)
        ]
        free = [
            one.logits[rows] for one, of_doc in zip(scores, runs, strict=True) for rows in of_doc
        ]
        decoded = iter(decode(free, self.tagset, self.decoder))
        for doc, one, preset, of_doc in zip(docs, scores, presets, runs, strict=True):
            found = [(one.tokens[rows], next(decoded)) for rows in of_doc]
            annotate(doc, preset, found, self.name)

    # Evaluation

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score examples that were predicted. The scores kept by `predict` become "ents_loss" and
        are dropped.

        examples (Iterable[Example]): The examples.
        RETURNS (dict): See `score_ner`; and the loss once more by the component's name
            (`loss_name`), since of several components' "ents_loss" spaCy keeps the last.
        RAISES (ValueError): If the loss is not finite.
        """
        examples = list(examples)
        loss = self._evaluation_loss(examples)
        scores = super().score(examples, ents_loss=loss, **kwargs)
        return {**scores, loss_name(self.name): loss} if "ents_loss" in scores else scores

    def _evaluation_loss(self, examples: list[Example]) -> float | None:
        self.losses = []
        scores = self._scored.take(eg.predicted for eg in examples)
        if scores is None:
            return None
        golds = [gold_columns(eg, self.tagset, self._tell) for eg in examples]
        tell_misaligned(sum(lost for _, lost in golds), "evaluated", self._tell)
        self.losses = [
            sum_losses(one, columns) for one, (columns, _) in zip(scores, golds, strict=True)
        ]
        loss = mean_evaluation_loss(self.losses)
        if loss is not None:
            self.require_finite_loss(loss, "validation loss", max(0, self._updates - 1))
        return loss
