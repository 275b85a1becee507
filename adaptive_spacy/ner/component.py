"""The component `transformer_ner`: named entity recognition as token classification."""

import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

import numpy
from numpy.typing import NDArray
from spacy.errors import Errors
from spacy.language import Language
from spacy.pipeline.trainable_pipe import TrainablePipe
from spacy.tokens import Doc
from spacy.training import Example, validate_examples, validate_get_examples
from spacy.vocab import Vocab
from thinc.api import (
    Config,
    ConfigValidationError,
    Model,
    NumpyOps,
    Optimizer,
    set_dropout_rate,
)

from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.decoding import decode, require_decoder
from adaptive_spacy.ner.loss import mean_loss, token_losses
from adaptive_spacy.ner.model import TagLogits
from adaptive_spacy.ner.presets import annotate, free_runs, read_presets
from adaptive_spacy.ner.scorer import Scorer, loss_name, score_ner
from adaptive_spacy.ner.tags import MISSING, SCHEMES, TagSet, align_gold, require_scheme
from adaptive_spacy.stepping import TakesParameters

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


#: What spaCy's classes, which are not Python's, keep outside of `vars` (spaCy 3.8)
PIPE_FIELDS = ("vocab", "model", "name", "cfg", "scorer")


class Scored(NamedTuple):
    """Predicted scores of one doc.

    tokens (array): Tokens that take part: not white space, and represented by the transformer.
    logits (array): *Shape:* (len(tokens), n_tags)
    """

    tokens: NDArray[numpy.int64]
    logits: NDArray[numpy.floating]


class TransformerNER(TrainablePipe):
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

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], TagLogits],
        name: str = "transformer_ner",
        *,
        scheme: str = "BIO",
        decoder: str = "viterbi",
        class_weights: Mapping[str, float] | str | None = None,
        scorer: Scorer | None = score_ner,
    ) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        self.scheme = require_scheme(scheme, name)
        self.decoder = require_decoder(decoder, name)
        self.class_weights = require_class_weights(class_weights, name)
        self.scorer = scorer
        self.cfg: dict[str, Any] = {"labels": [], "type_weights": None}
        self._tagset = TagSet(scheme, ())
        self._updates = 0
        self._told: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        """What a copy, here or in another process, does not have of the one it was made of."""
        self._scored: WeakKeyDictionary[Doc, Scored] = WeakKeyDictionary()
        #: Of each example that was scored last: the loss of its tokens, in nats, and how many
        #: tokens these are
        self.losses: list[tuple[float, int]] = []
        #: Who took the gradients, and may still owe the step
        self._optimizer: TakesParameters | None = None
        #: The pipeline that the component was made for
        self.nlp: ref[Language] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        own = ("_scored", "losses", "_optimizer", "nlp")
        state = {name: value for name, value in vars(self).items() if name not in own}
        state.update({name: getattr(self, name) for name in PIPE_FIELDS})
        return type(self).__new__, (type(self),), state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._begin()

    @property
    def labels(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): The entity types."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        """RETURNS (list[str]): What `initialize` takes as labels (`spacy init labels`)."""
        return list(self.cfg["labels"])

    @property
    def tagset(self) -> TagSet:
        """RETURNS (TagSet): The tags, in the order of the output layer's rows."""
        if self._tagset.types != self.labels:
            self._tagset = TagSet(self.scheme, self.labels)
        return self._tagset

    def add_label(self, label: str) -> int:
        """Add an entity type. Its tags come after those that the model knows.

        label (str): The type.
        RETURNS (int): 0 if the component has it already, otherwise 1.
        """
        if not isinstance(label, str):
            raise ValueError(Errors.E187)
        if label in self.cfg["labels"]:
            return 0
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        if self.model.has_dim("nO"):
            self.set_output(len(self.tagset.columns))
        return 1

    # Prediction

    def predict(self, docs: Iterable[Doc]) -> list[Scored]:
        """Score the tags of each token, and keep the scores for `score` as long as the docs live.

        docs (Iterable[Doc]): The docs.
        RETURNS (list[Scored]): One per doc.
        """
        self._settle()
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [_nothing(len(self.tagset.columns)) for _ in docs]
        output = self.model.predict(docs)
        to_numpy = self.model.ops.to_numpy
        scored = []
        for doc, logits, represented in zip(docs, output.logits, output.represented, strict=True):
            tokens = numpy.flatnonzero(represented & _not_space(doc))
            scored.append(Scored(tokens, to_numpy(logits)[tokens]))
            self._scored[doc] = scored[-1]
        return scored

    def set_annotations(self, docs: Iterable[Doc], scores: list[Scored]) -> None:
        """Set entities and their confidence, beside what is preset (`presets.py`).

        docs (Iterable[Doc]): The docs.
        scores (list[Scored]): What `predict` returned for them.
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

    # Training

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Set the labels and the model's dimensions from the data.

        get_examples (Callable): Returns the training examples.
        nlp (Language | None): The pipeline.
        labels (Sequence[str] | None): Entity types; None: those in the data, sorted.
        RAISES (ConfigValidationError): If there is no label, or a class weight for none.
        """
        validate_get_examples(get_examples, "TransformerNER.initialize")
        counts = self._count_types(get_examples())
        self._told.clear()
        self._updates = 0
        for label in labels if labels is not None else sorted(set(counts) - {"O"}):
            self.add_label(label)
        if not self.labels:
            raise ConfigValidationError(
                title="No labels",
                desc=f"[components.{self.name}]: the training corpus has no entity; expected at "
                f"least one, or [initialize.components.{self.name}] labels",
            )
        self.cfg["type_weights"] = self._type_weights(counts)
        sample = [eg.predicted for eg in islice(get_examples(), 10)]
        self.model.set_dim("nO", len(self.tagset.columns), force=True)
        self.model.initialize(X=[doc for doc in sample if len(doc)] or None)

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch. With `accumulate_gradient` = k, spaCy calls this k times per step and
        the gradients of k means add up: the step's gradient is k times that of one mean.

        examples (Iterable[Example]): The batch.
        drop (float): Dropout rate of the output layer.
        sgd (Optimizer | None): If given, update the weights too.
        losses (dict | None): Mean loss per annotated token, added under the component's name.
        RETURNS (dict): The losses.
        RAISES (ValueError): If the loss is not finite.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, "TransformerNER.update")
        if not any(len(eg.predicted) for eg in examples):
            return losses
        self._settle()
        set_dropout_rate(self.model, drop)
        output, backprop = self.model.begin_update([eg.predicted for eg in examples])
        loss, d_logits = self.get_loss(examples, output)
        self._require_finite(loss, "training loss", self._updates)
        backprop(d_logits)
        if sgd not in (None, False):
            if isinstance(sgd, TakesParameters):
                sgd.expect_no_schedule()
            self.finish_update(sgd)
        losses[self.name] += loss
        return losses

    def get_loss(self, examples: Iterable[Example], scores: TagLogits) -> tuple[float, Any]:
        """Mean cross-entropy over the annotated tokens of the batch, and its gradient.

        examples (Iterable[Example]): The batch.
        scores (TagLogits): What the model returned for the predicted docs.
        RETURNS (tuple): The loss and one gradient array per doc.
        """
        ops = self.model.ops
        gold = [
            numpy.where(represented & _not_space(eg.predicted), self._gold(eg)[0], MISSING)
            for eg, represented in zip(examples, scores.represented, strict=True)
        ]
        loss, gradient = mean_loss(
            ops.xp.concatenate(scores.logits),
            ops.xp.asarray(numpy.concatenate(gold)),
            ops,
            self._tag_weights(),
        )
        return loss, ops.xp.split(gradient, numpy.cumsum([len(one) for one in gold])[:-1])

    def finish_update(self, sgd: Optimizer) -> None:
        """Update the weights. Called once per step, so this is where steps are counted."""
        super().finish_update(sgd)
        self._updates += 1
        if isinstance(sgd, TakesParameters):
            self._optimizer = sgd
            if self._is_last():
                sgd.end_update()

    # Files

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "TransformerNER":
        """Read the component.

        path (str | Path): Its folder.
        exclude (Iterable[str]): As in spaCy's pipes.
        RETURNS (TransformerNER): This one.
        RAISES (ValueError): If the folder is not complete.
        """
        # spaCy takes a missing cfg for an empty one, which would leave the weights without labels
        if "cfg" not in exclude and not (Path(path) / "cfg").is_file():
            raise ValueError(f"{path}: expected the file cfg of {self.name}: the copy was cut off")
        super().from_disk(path, exclude=exclude)
        return self

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
        lost = 0
        scored = [self._scored.pop(eg.predicted, None) for eg in examples]
        for eg, one in zip(examples, scored, strict=True):
            if one is None:
                if len(eg.predicted):
                    self.losses = []
                    return None
                self.losses.append((0.0, 0))
                continue
            columns, misaligned = self._gold(eg)
            gold = columns[one.tokens]
            annotated = gold != MISSING
            losses, _ = token_losses(one.logits[annotated], gold[annotated], _CPU)
            self.losses.append((float(_CPU.to_numpy(losses).sum()), int(annotated.sum())))
            lost += misaligned
        self._tell_misaligned(lost, "evaluated")
        total, count = sum(loss for loss, _ in self.losses), sum(n for _, n in self.losses)
        if not count:
            return None
        self._require_finite(total, "validation loss", max(0, self._updates - 1))
        return total / count

    # Private

    def _settle(self) -> None:
        """The weights are about to be read: the step that is owed is made."""
        optimizer, self._optimizer = self._optimizer, None
        if optimizer is not None:
            nodes = self.model.walk()
            optimizer.settle((node.id, name) for node in nodes for name in node.param_names)

    def _is_last(self) -> bool:
        """Whether no pipe learns after this one, as far as is known."""
        nlp = self.nlp and self.nlp()
        pipes = [pipe for _, pipe in nlp.pipeline] if nlp else []
        learning = [pipe for pipe in pipes if getattr(pipe, "is_trainable", False)]
        return learning[-1:] == [self]

    def _gold(self, eg: Example) -> tuple[NDArray[numpy.int64], int]:
        """Gold columns of the predicted tokens, and the number of entities that do not fit them."""
        tags, misaligned = align_gold(eg)
        columns, unknown = self.tagset.encode(tags)
        if unknown:
            types = {ent.label_ for ent in eg.reference.ents} - set(self.labels)
            self._tell(
                f"entities of types that the model lacks ({_listed(sorted(types))}) take no part "
                f"in the loss; it has {_listed(self.labels)}"
            )
        return columns, misaligned

    def _count_types(self, examples: Iterable[Example]) -> Counter[str]:
        """Tokens per type and "O"; says how many entities the tokenization cuts."""
        counts: Counter[str] = Counter()
        lost = 0
        for eg in examples:
            tags, misaligned = align_gold(eg)
            counts.update(tag.partition("-")[2] or "O" for tag in tags if tag)
            lost += misaligned
        self._tell_misaligned(lost, "training")
        return counts

    def _type_weights(self, counts: Counter[str]) -> dict[str, float] | None:
        if self.class_weights is None:
            return None
        classes = ("O", *self.labels)
        if self.class_weights == "balanced":
            total = sum(counts[one] for one in classes)
            return {
                one: total / (len(classes) * counts[one]) if counts[one] else 1.0 for one in classes
            }
        assert isinstance(self.class_weights, Mapping)
        unknown = sorted(set(self.class_weights) - set(classes))
        if unknown:
            raise ConfigValidationError(
                title="Unknown type",
                desc=f"[components.{self.name}] class_weights: expected only "
                f"{_listed(classes)}, got {_listed(unknown)}",
            )
        return {one: float(self.class_weights.get(one, 1.0)) for one in classes}

    def _tag_weights(self) -> Any:
        table = self.cfg["type_weights"]
        if table is None:
            return None
        per_type = [table.get(label, 1.0) for label in self.labels]
        per_tag = numpy.repeat(per_type, len(SCHEMES[self.scheme]))
        return self.model.ops.asarray1f([table.get("O", 1.0), *per_tag])

    def _require_finite(self, value: float, what: str, step: int) -> None:
        if not math.isfinite(value):
            raise ValueError(
                f"{self.name}: the {what} is {value} at step {step}: the weights diverged. Lower "
                "the learning rate ([training.optimizer])"
            )

    def _tell_misaligned(self, count: int, corpus: str) -> None:
        if count:
            self._tell(
                f"entities of the {corpus} corpus that do not fit the tokens are masked: {count}"
            )

    def _tell(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            warnings.warn(f"{self.name}: {message}", stacklevel=3)


_CPU = NumpyOps()


def _nothing(n_tags: int) -> Scored:
    return Scored(numpy.zeros(0, dtype=numpy.int64), numpy.zeros((0, n_tags)))


def _not_space(doc: Doc) -> NDArray[numpy.bool_]:
    return doc.to_array("IS_SPACE") == 0


def _listed(names: Sequence[str], most: int = 20) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def require_class_weights(
    value: Mapping[str, float] | str | None, pipe: str
) -> Mapping[str, float] | str | None:
    """RETURNS (Mapping | str | None): The weights. RAISES (ConfigValidationError): If they are none
    that a loss can be weighed by."""
    if value is None or value == "balanced":
        return value
    if isinstance(value, Mapping) and value and all(map(_is_weight, value.values())):
        return value
    raise ConfigValidationError(
        title="Bad class weights",
        desc=f'[components.{pipe}] class_weights: expected null, "balanced" or a table of weights '
        f"> 0 per type, got {value!r}",
    )


def _is_weight(value: object) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and 0 < float(value) < math.inf  # type: ignore[arg-type]
