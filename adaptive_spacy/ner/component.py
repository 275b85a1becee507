"""The component `transformer_ner`: named entity recognition as token classification."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Config, Model

from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.calibrated_pipe import CalibratedPipe
from adaptive_spacy.ner.class_weights import ClassWeights
from adaptive_spacy.ner.decoding import decode, require_decoder
from adaptive_spacy.ner.doubt import count_doubts
from adaptive_spacy.ner.evaluation_loss import (
    DocScores,
    Kept,
    KeptScores,
    annotated_tokens,
    mean_evaluation_loss,
    no_scores,
    sum_losses,
)
from adaptive_spacy.ner.gold import gold_columns, may_be_tagged, tell_misaligned
from adaptive_spacy.ner.model import TagLogits
from adaptive_spacy.ner.presets import Run, annotate, free_runs, place, read_presets
from adaptive_spacy.ner.scorer import LOSS, MEASURED, TEMPERATURE, Scorer, own_name, score_ner
from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.ner.temperature import best_temperature, entity_tokens, refined_loss

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
        "ents_loss_refined": None,
        "temperature": None,
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
    return TransformerNER(
        nlp.vocab,
        model,
        name,
        scheme=scheme,
        decoder=decoder,
        class_weights=class_weights,
        scorer=scorer,
    )


class TransformerNER(CalibratedPipe):
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

    own = (*CalibratedPipe.own, "_scored", "losses")

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
        """Score the tags of each token.

        docs (Iterable[Doc]): The docs.
        RETURNS (list[DocScores]): One per doc.
        """
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
        for word, logits, represented in zip(words, output.logits, output.represented, strict=True):
            tokens = numpy.flatnonzero(represented & word)
            scored.append(DocScores(tokens, to_numpy(logits)[tokens]))
        return scored

    def set_annotations(self, docs: Iterable[Doc], scores: list[DocScores]) -> None:
        """Set entities and their confidence, beside what is preset (`presets.py`), and keep the
        scores for `score` as long as the docs live.

        docs (Iterable[Doc]): The docs.
        scores (list[DocScores]): What `predict` returned for them.
        """
        docs = list(docs)
        presets = [read_presets(doc, self.name) for doc in docs]
        kept = [
            Kept(one, free_runs(one.tokens, preset.taken), len(doc))
            for doc, one, preset in zip(docs, scores, presets, strict=True)
        ]
        found = self._decode(kept, self.temperature)
        for doc, preset, one, of_doc in zip(docs, presets, kept, found, strict=True):
            self._scored.keep(doc, one)
            annotate(doc, preset, of_doc, self.name)

    def confidences(self, doc: Doc, temperature: float) -> dict[Entity, float] | None:
        """State how sure the component would be at another temperature of the entities it set.

        doc (Doc): Predicted, and not scored yet.
        temperature (float): What its scores are divided by.
        RETURNS (dict[Entity, float] | None): Confidences in [0, 1]; None without its scores.
        """
        kept = self._scored.look(doc)
        if kept is None:
            return None
        (found,) = self._decode([kept], temperature)
        return dict(place(tokens, one) for tokens, decoded in found for one in decoded)

    def doubts(self, doc: Doc) -> float | None:
        """State how much of a doc the component is unsure of; see `count_doubts`.

        doc (Doc): Predicted, and not scored yet.
        RETURNS (float | None): Mistakes to expect, at least 0; None without its scores.
        """
        kept = self._scored.look(doc)
        if kept is None:
            return None
        (found,) = self._decode([kept], self.temperature)
        logits = [kept.scores.logits[rows] for rows in kept.runs]
        decoded = [entities for _, entities in found]
        return count_doubts(logits, decoded, self.tagset, self.temperature)

    def _decode(self, kept: Sequence[Kept], temperature: float) -> list[list[Run]]:
        """Per doc, the entities of each stretch that was free."""
        free = [one.scores.logits[rows] for one in kept for rows in one.runs]
        decoded = iter(decode(free, self.tagset, self.decoder, temperature))
        return [[(one.scores.tokens[rows], next(decoded)) for rows in one.runs] for one in kept]

    # Evaluation

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score examples that were predicted. The scores kept since become "ents_loss", and what
        calibration makes of it, and are dropped.

        examples (Iterable[Example]): The examples.
        RETURNS (dict): See `score_ner`; "ents_loss_refined", the loss at the temperature that is
            best for it; "temperature", the one that is best for tokens of entities; and these three
            once more by the component's name (`own_name`), since of several components' spaCy keeps
            the last.
        RAISES (ValueError): If the loss is not finite.
        """
        examples = list(examples)
        measured = dict(zip(MEASURED, self._evaluate(examples), strict=True))
        self.measure(measured[TEMPERATURE])
        scores = super().score(examples, ents_loss=measured[LOSS], **kwargs)
        if not scores:
            # there is no scorer
            return scores
        own = {own_name(metric, self.name): value for metric, value in measured.items()}
        return {**own, **measured, **scores}

    def _evaluate(self, examples: list[Example]) -> tuple[float | None, ...]:
        """RETURNS (tuple): What `MEASURED` names; None of what cannot be measured."""
        self.losses = []
        nothing = (None,) * len(MEASURED)
        docs = [eg.predicted for eg in examples]
        if changed := self._scored.count_changed(docs):
            self._tell(
                f"the tokens of {changed} of the evaluated docs were changed behind it, as "
                f"merge_entities does: {LOSS} is not measured"
            )
        scores = self._scored.take(docs)
        if scores is None:
            return nothing
        golds = [
            gold_columns(eg, self.tagset, one.mark_tokens(len(eg.predicted)), self._tell)
            for eg, one in zip(examples, scores, strict=True)
        ]
        tell_misaligned(sum(lost for _, lost in golds), "evaluated", self._tell)
        pairs = [(one, columns) for one, (columns, _) in zip(scores, golds, strict=True)]
        self.losses = [sum_losses(*pair) for pair in pairs]
        loss = mean_evaluation_loss(self.losses)
        if loss is None:
            return nothing
        self.require_finite_loss(loss, "validation loss", max(0, self._updates - 1))
        # what was not predicted, an empty doc, has no columns of tags either
        tokens = [annotated_tokens(*pair) for pair in pairs if len(pair[0].tokens)]
        return loss, refined_loss(tokens, loss), best_temperature(entity_tokens(tokens))
