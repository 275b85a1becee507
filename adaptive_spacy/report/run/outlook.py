"""What predictions tell in words: what to expect of a model, what would help, what goes wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adaptive_spacy.experiments.predictions import DEV, HELD_OUT, Predictions
from adaptive_spacy.printable import one_line
from adaptive_spacy.report.run.scores import Score
from adaptive_spacy.training.checks.corpora import TOLERANCE
from adaptive_spacy.training.errors import KINDS

#: What an error of a kind is, in the plural
ERRORS = {
    "type": "entities with the wrong type",
    "boundary": "entities with a wrong boundary",
    "both": "entities with both type and boundary wrong",
    "missed": "entities that it missed",
    "spurious": "entities where there are none",
}
#: Fewer errors than this say nothing of a type
FEW = 5
#: Of fewer sentences a percentile bootstrap's interval at 95 % is too narrow: in a simulation it
#: held the truth in 89 to 92 % of draws of 5 to 30 sentences, in 94 % of 50
FEW_SENTENCES = 30


def describe_expectation(found: Predictions, whole: Score, sentences: int) -> str:
    """RETURNS (str): What F1 to expect, and of what that is known."""
    of = f"{found.role}, {numbered(sentences, 'sentence')}"
    if not whole.annotated:
        number = f"{whole.predicted:,}" if whole.predicted else "none"
        return f"Nothing can be expected: there are no entities in {of}; it found {number}."
    f1 = f"F1 {whole.f1 or 0.0:.1f} on sentences like these"
    measured = f": measured on {of} with {numbered(whole.annotated, 'entity', 'entities')}. "
    learnt = (
        f"The model has learnt {found.learnt:,} of {numbered(sentences, 'sentence')}, of which it "
        "says what it was told, so this is too high."
    )
    if found.learnt > TOLERANCE * sentences:
        # the chance in such sentences tells nothing of others
        return f"Expect less than {f1}{measured}{learnt}"
    text = f"Expect {f1}"
    if whole.interval is not None:
        text += (
            f", between {whole.interval[0]:.1f} and {whole.interval[1]:.1f} with 95 % confidence"
        )
    text += measured
    if whole.interval is None:
        text += "How far other sentences would move it cannot be told from these."
    else:
        text += f"The interval counts the chance in these sentences{_further(found)}."
        if sentences < FEW_SENTENCES:
            text += " Of so few it is too narrow."
    if found.role == DEV:
        text += " Dev was looked at while it trained, so this is a little too high; a test set"
        text += " would not be."
    if found.learnt:
        text += f" {learnt}"
    if found.role == HELD_OUT:
        text += " The model that ships learnt from more labels, so it should do a little better."
    return text


def _further(found: Predictions) -> str:
    """RETURNS (str): What else than the chance in the sentences an interval counts, or does not."""
    if found.folds is None:
        return ", not that of another training"
    return " and in the labels that the models learnt from"


def describe_need(
    types: Sequence[Score], whole: Score, train: Mapping[str, int], errors: Mapping[str, Any]
) -> str:
    """RETURNS (str): Which type needs labels most.

    train (dict): Labels of each type that it learnt from; empty: not known.
    errors (dict): As `count_errors` returns.
    """
    first = next(iter(types), None)
    if not whole.annotated:
        return "No type stands out: there is nothing to find."
    if first is None or first.gain <= 0:
        return "No type stands out: there are no errors."
    if not whole.f1:
        return (
            "No type stands out: nothing that it found is right. Train to the end, with another "
            "learning rate (variables.rate), or on more sentences."
        )
    name, row = one_line(first.name), errors["per_type"].get(first.name, {})
    cost = "its errors cost most" if len(types) > 1 else "all errors are of this type"
    text = (
        f"More labels of {name}: {cost}. Without them F1 of all would be "
        f"{whole.f1 + first.gain:.1f}"
    )
    known = f"; it learnt from {train.get(first.name, 0):,} of them" if train else ""
    own = "" if first.f1 is None or len(types) == 1 else f". F1 of {name} is {first.f1:.1f}"
    number = sum(row.get(kind, 0) for kind in KINDS)
    few = f" That is of {numbered(number, 'error')}, and may be chance."
    return f"{text}{own}{known}.{few if number < FEW else ''}"


def describe_kind(errors: Mapping[str, Any]) -> Iterator[str]:
    """YIELDS (str): Which kind of error costs most; nothing without errors."""
    now, total, mended = errors["f1"], errors["total"], errors["f1_if_mended"]
    made = [kind for kind in KINDS if total[kind]]
    if now is None or not made:
        return
    worst = max(made, key=lambda kind: mended[kind] or 0.0)
    text = f"The costliest errors are {ERRORS[worst]}: {total[worst]:,}"
    # where nothing is annotated there is no F1 without them
    gain = mended[worst]
    text += "." if gain is None else f", {100 * (gain - now):.1f} points of F1."
    if errors["confusions"]:
        first = errors["confusions"][0]
        text += (
            f" The types most often taken for each other: {one_line(first['gold'])} read as "
            f"{one_line(first['found'])}, {numbered(first['count'], 'time')}."
        )
    yield text


def numbered(number: int, noun: str, many: str | None = None) -> str:
    """RETURNS (str): "1 entity", "1,000 entities". many (str | None): The plural; None: with s."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"
