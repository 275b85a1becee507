"""A labelled pipe that learns: its labels from the data, its weights from batches."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example, validate_examples, validate_get_examples
from spacy.vocab import Vocab
from thinc.api import ConfigValidationError, Model, Optimizer, set_dropout_rate

from adaptive_spacy.ner.class_weights import (
    ClassWeights,
    require_class_weights,
    weigh_tags,
    weigh_types,
)
from adaptive_spacy.ner.gold import count_types, gold_columns, may_be_tagged
from adaptive_spacy.ner.holders import learns_last
from adaptive_spacy.ner.labelled_pipe import MODEL, LabelledPipe
from adaptive_spacy.ner.loss import mean_loss
from adaptive_spacy.ner.model import TagLogits
from adaptive_spacy.ner.unseen_edges import UnseenEdges, find_pieces
from adaptive_spacy.stepping import Diverged, TakesParameters

#: A tokenizer takes half a second for so many
MOST_TOKENS = 10_000


class LearningPipe(LabelledPipe):
    """Learns by softmax cross-entropy over the annotated tokens.

    vocab, model, name, scheme: As in `LabelledPipe`.
    class_weights (dict[str, float] | str | None): Weight per entity type and "O" in the training
        loss, 1.0 where not named; "balanced": inverse to the types' token counts in the training
        data; None: all alike.
    """

    own = (*LabelledPipe.own, "_optimizer", "edges_told")

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], TagLogits],
        name: str,
        scheme: str,
        class_weights: ClassWeights,
    ) -> None:
        super().__init__(vocab, model, name, scheme)
        self.class_weights = require_class_weights(class_weights, name)
        self.cfg["type_weights"] = None
        self._updates = 0
        #: Parameters of output layers that larger ones replaced
        self._replaced: set[tuple[int, str]] = set()
        #: Times that the mean loss of what is annotated was added to the losses
        self.learnt = 0

    def begin(self) -> None:
        super().begin()
        #: Who took the gradients, and may still owe the step
        self._optimizer: TakesParameters | None = None
        #: Whether it was said of the examples to come which entities cannot be found as annotated
        self.edges_told = False

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Set the labels and the model's dimensions from the data. Says how many entities begin or
        end where nothing can be predicted, unless the check has said so; that a token has no word
        piece is found in the first `MOST_TOKENS` of docs where it may be so.

        get_examples (Callable): Returns the training examples.
        nlp (Language | None): The pipeline.
        labels (Sequence[str] | None): Entity types; None: those in the data, sorted.
        RAISES (ConfigValidationError): If there is no label, or a class weight for none.
        """
        validate_get_examples(get_examples, "TransformerNER.initialize")
        edges = UnseenEdges(partial(find_pieces, nlp), MOST_TOKENS)
        examples = get_examples() if self.edges_told else edges.watch(get_examples())
        self.edges_told = False
        counts = count_types(examples, self._tell)
        for line in edges.describe(edges.total):
            self._tell(line)
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
        self.cfg["type_weights"] = weigh_types(self.class_weights, counts, self.labels, self.name)
        sample = islice((eg.predicted for eg in get_examples() if len(eg.predicted)), 10)
        self.model.set_dim("nO", len(self.tagset.columns), force=True)
        self.model.initialize(X=list(sample) or None)

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
        # what came of this pipe came in the update before
        self.settle(over=True)
        set_dropout_rate(self.model, drop)
        output, backprop = self.model.begin_update([eg.predicted for eg in examples])
        loss, d_logits = self.get_loss(examples, output)
        self.require_finite_loss(loss, "training loss", self._updates)
        backprop(d_logits)
        if sgd not in (None, False):
            if isinstance(sgd, TakesParameters):
                sgd.expect_no_schedule()
            self.finish_update(sgd)
        losses[self.name] += loss
        # a batch without annotation adds 0, which is no mean of anything
        self.learnt += any(eg.reference.has_annotation("ENT_IOB") for eg in examples)
        return losses

    def get_loss(self, examples: Iterable[Example], scores: TagLogits) -> tuple[float, Any]:
        """Mean cross-entropy over the annotated tokens of the batch, and its gradient.

        examples (Iterable[Example]): The batch.
        scores (TagLogits): What the model returned for the predicted docs.
        RETURNS (tuple): The loss and one gradient array per doc.
        """
        ops = self.model.ops
        gold = [
            gold_columns(eg, self.tagset, represented & may_be_tagged(eg.predicted), self._tell)[0]
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
            if self._replaced:
                sgd.forget(self._replaced)
            sgd.end_update(partial(learns_last, self))

    def _read_cfg(self, cfg: dict[str, Any]) -> None:
        super()._read_cfg({"type_weights": None, **cfg})

    def save_state(self, nlp: Language) -> dict[str, Any]:
        """RETURNS (dict): Steps made, and what was said already."""
        return {"updates": self._updates, "learnt": self.learnt, "told": sorted(self._told)}

    def load_state(self, nlp: Language, state: dict[str, Any], output: Any) -> None:
        """Go on after these steps."""
        self._updates, self._told = state["updates"], set(state["told"])
        # snapshots of before do not have it
        self.learnt = state.get("learnt", self._updates)

    def settle(self, *, over: bool = False) -> None:
        """As in `LabelledPipe`, where who took the gradients did not make the step yet."""
        optimizer = self._optimizer
        if optimizer is not None and optimizer.settle(_keys(MODEL.__get__(self)), over=over):
            self._optimizer = None

    def _grow(self, model: Model[list[Doc], TagLogits]) -> None:
        former = _keys(model)
        super()._grow(model)
        self._replaced |= former - _keys(model)

    def _tag_weights(self) -> Any:
        table = self.cfg["type_weights"]
        if table is None:
            return None
        return self.model.ops.asarray1f(weigh_tags(table, self.labels, self.scheme))

    def require_finite_loss(self, value: float, what: str, step: int) -> None:
        """RAISES (Diverged): If the loss is none; names the step."""
        if not math.isfinite(value):
            raise Diverged(
                f"{self.name}: the {what} is {value} at step {step}: the weights diverged. Lower "
                "the learning rate ([training.optimizer])"
            )


def _keys(model: Model[list[Doc], TagLogits]) -> set[tuple[int, str]]:
    """RETURNS (set): What optimizers know its parameters by."""
    return {(node.id, name) for node in model.walk() for name in node.param_names}
