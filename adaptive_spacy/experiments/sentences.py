"""What a checkpoint got in each sentence of the test set: intervals that cover the sentences, and
paired comparisons of them, need no model any more."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.training import Example

from adaptive_spacy.ner.component import TransformerNER
from adaptive_spacy.training.seqeval_report import read_sentence

if TYPE_CHECKING:
    from spacy.language import Language

#: Of a sentence's loss, in nats
DECIMALS = 4


class Counts(NamedTuple):
    """Of each sentence, in the order of the corpus.

    tp, fp, fn (list[int]): Entities found and right, found and wrong, missed.
    loss (list[float] | None): Sum over its tokens, in nats; None without a component that tells.
    tokens (list[int] | None): Tokens that the loss is of.
    """

    tp: list[int]
    fp: list[int]
    fn: list[int]
    loss: list[float] | None
    tokens: list[int] | None


def count_per_sentence(nlp: "Language", examples: Sequence[Example]) -> Counts:
    """RETURNS (Counts): Of examples that were predicted and scored."""
    # sentences without annotation stay in their place, with nothing right or wrong
    counted = [read_sentence(eg).counts() for eg in examples]
    tp, fp, fn = ([one[i] for one in counted] for i in range(3))
    pipes = [pipe for _, pipe in nlp.pipeline if isinstance(pipe, TransformerNER)]
    if len(pipes) != 1 or len(pipes[0].losses) != len(examples):
        return Counts(tp, fp, fn, None, None)
    losses = [round(loss, DECIMALS) for loss, _ in pipes[0].losses]
    return Counts(tp, fp, fn, losses, [tokens for _, tokens in pipes[0].losses])


def join_counts(counted: Mapping[str, Counts]) -> dict[str, Any]:
    """RETURNS (dict): Of several checkpoints of a training, by step: the record's `sentences`."""
    tokens = next(iter(counted.values())).tokens
    rows = {step: counts._asdict() for step, counts in counted.items()}
    for row in rows.values():
        del row["tokens"]
    return {"tokens": tokens, "checkpoints": rows}
