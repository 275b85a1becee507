"""What a record holds, as far as it is read again: see docs/experiments.md for all of it."""

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from adaptive_spacy.parsing import describe_faults

Record = dict[str, Any]

#: No training has more of anything, and sums of such numbers stay exact
MOST = 10**15

Count = Annotated[int, Field(ge=0, le=MOST)]
Many = Annotated[int, Field(ge=1, le=MOST)]
Amount = Annotated[float, Field(ge=0, le=MOST)]
Share = Annotated[float, Field(ge=0, le=1)]
Loss = Annotated[float, Field(ge=-MOST, le=MOST)]


class _Part(BaseModel):
    # later versions may write more
    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class JobFields(_Part):
    """The fields of `Job`, and no other."""

    model_config = ConfigDict(extra="forbid")

    approach: str
    config: str
    settings: dict[str, Any]
    train_on_dev: bool
    search: str | None
    dataset: str
    corpus: str
    lang: str
    model: str
    transformer: str
    fraction: Annotated[float, Field(gt=0, le=1)]
    seed: Count
    threads: Many
    device: Literal["cpu", "gpu"]
    labels: Annotated[int, Field(ge=2)] | None = None
    dev: Annotated[float, Field(gt=0, lt=1)] | None = None
    folds: Annotated[int, Field(ge=2)] | None = None
    waited: list[str] = []


class TypeScores(_Part):
    """Of an entity type in the test set."""

    f1: Share | None
    support: Count


class TestScores(_Part):
    f1: Share | None
    per_type: dict[str, TypeScores] | None = None


class Result(_Part):
    """Of a checkpoint."""

    epoch: Amount
    step: Count
    dev_f1: Share | None
    test: TestScores


class Results(_Part):
    best_loss: Result | None
    best_f1: Result | None
    last: Result


class HistoryRow(_Part):
    """An evaluation during the training."""

    step: Count
    steps_per_round: Many
    phase: Literal["warmup", "plateau", "cooldown", "finished"] | None
    dev_loss: Loss | None
    f: Share | None


class PhaseSpan(_Part):
    phase: str
    start: Amount
    end: Amount


class Split(_Part):
    sentences: Many
    tokens: Many


class Splits(_Part):
    labelled: Split | None = None
    train: Split
    dev: Split | None = None
    test: Split | None = None


class SentenceCounts(_Part):
    """Of each test sentence: entities found and right, found and wrong, missed; the loss of all
    its tokens."""

    tp: Annotated[list[Count], Field(min_length=1)]
    fp: list[Count]
    fn: list[Count]
    loss: list[Amount] | None

    @model_validator(mode="after")
    def _check_lengths(self) -> Self:
        lengths = [len(one) for one in (self.tp, self.fp, self.fn)]
        if len(set(lengths)) > 1:
            tp, fp, fn = lengths
            raise ValueError(
                "expected tp, fp and fn to have a number for each test sentence, got "
                f"{tp}, {fp} and {fn}"
            )
        return self


class Sentences(_Part):
    """Of the test set: tokens that count in the loss, and what each checkpoint got, by its step."""

    tokens: list[Count] | None
    checkpoints: dict[str, SentenceCounts]


class Definition(_Part):
    """What the job's identity is made of."""

    config: str = ""


class _Record(_Part):
    format: Literal[1]
    id: str
    finished: str
    job: JobFields
    definition: Definition


class FailedRecord(_Record):
    """Of a job that came to nothing."""

    status: Literal["failed"]
    reason: str | None


class DoneRecord(_Record):
    """Of a training that came to its end."""

    status: Literal["done"]
    results: Results
    history: Annotated[list[HistoryRow], Field(min_length=1)]
    phases: list[PhaseSpan] = []
    epochs: Amount
    token_updates: Many
    seconds: Amount
    data: Splits
    versions: dict[str, str]
    sentences: Sentences | None = None

    @field_validator("history")
    @classmethod
    def _check_phases(cls, history: list[HistoryRow]) -> list[HistoryRow]:
        for number, (before, after) in enumerate(pairwise(history), start=1):
            if before.phase is not None and after.phase is None:
                raise ValueError(
                    f"expected a phase in each row after one that has it, got null in row {number}"
                )
        return history

    @field_validator("sentences")
    @classmethod
    def _check_steps(cls, sentences: Sentences | None, info: ValidationInfo) -> Sentences | None:
        if sentences is None:
            return None
        known = sentences.checkpoints
        # without, they have a fault of their own
        for rule, result in info.data.get("results", ()):
            if result is not None and str(result.step) not in known:
                raise ValueError(
                    f"expected checkpoints with the step of results.{rule}, {result.step}, got "
                    f"{', '.join(known) or 'none'}"
                )
        return sentences


RECORD: TypeAdapter[FailedRecord | DoneRecord] = TypeAdapter(
    Annotated[FailedRecord | DoneRecord, Field(discriminator="status")]
)


def check_record(data: Any) -> None:
    """RAISES (ValueError): If it is not a record, with the place of each fault."""
    try:
        RECORD.validate_python(data)
    except ValidationError as error:
        raise ValueError(describe_faults(error)) from None
