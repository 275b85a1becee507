"""Small trainings for tests: a bag-of-words textcat whose validation scores are scripted."""

from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import registry
from thinc.api import Config, Optimizer

from adaptive_spacy.adaptive.schedule import AdaptiveSchedule

SCRIPTED = """
[paths]
train = null
dev = null

[nlp]
lang = "xx"
pipeline = ["textcat","scripted"]

[components]

[components.textcat]
factory = "textcat"

[components.textcat.model]
@architectures = "spacy.TextCatBOW.v3"
exclusive_classes = true
ngram_size = 1
no_output_layer = false
length = 64

[components.scripted]
factory = "scripted"
scores = []

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${paths.train}

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${paths.dev}

[training]
seed = 0
gpu_allocator = null
max_epochs = 100
max_steps = 0
patience = 0
eval_frequency = 2
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"

[training.batcher]
@batchers = "adaptive_spacy.until_finished.v1"

[training.batcher.batcher]
@batchers = "spacy.batch_by_sequence.v1"
size = 4

[training.before_update]
@callbacks = "adaptive_spacy.adapt.v1"
monitor = {"scripted":1.0}

[training.logger]
@loggers = "spacy.ConsoleLogger.v3"
console_output = false

[training.optimizer]
@optimizers = "test.recording_adam"

[training.optimizer.learn_rate]
@schedules = "adaptive_spacy.adaptive.v1"
rate = 1.0
interval = 2
warmup = 0
cooldown = 2

[training.score_weights]
cats_score = 1.0
scripted = null
"""


@Language.factory("scripted", default_score_weights={"scripted": None})
def make_scripted(nlp: Language, name: str, scores: list[float]) -> "Scripted":
    return Scripted(scores)


class Scripted:
    """Reports the next number of a list at each evaluation, then the last one for ever."""

    def __init__(self, scores: list[float]) -> None:
        self.scores = list(scores)

    def __call__(self, doc: Doc) -> Doc:
        return doc

    def save_state(self, nlp: Language) -> dict[str, Any]:
        return {"scores": self.scores}

    def load_state(self, nlp: Language, state: dict[str, Any], output: Any) -> None:
        self.scores = state["scores"]

    def score(self, examples: list[Example], **kwargs: Any) -> dict[str, float]:
        return {"scripted": self.scores.pop(0) if len(self.scores) > 1 else self.scores[0]}


class RecordingAdam(Optimizer):
    """Remembers the rate of each update."""

    built: "list[RecordingAdam]" = []

    def __init__(self, learn_rate: Any) -> None:
        self.schedule = learn_rate
        super().__init__(learn_rate, use_averages=False)
        self.used: list[float] = []
        self.built.append(self)

    def step_schedules(self) -> None:
        self.used.append(self.learn_rate)
        super().step_schedules()


@registry.optimizers("test.recording_adam")
def make_recording_adam(learn_rate: Any) -> RecordingAdam:
    return RecordingAdam(learn_rate)


def write_texts(path: Path, count: int) -> Path:
    """A corpus of texts in two classes. One batch of 4 holds a fifth of 20."""
    nlp = spacy.blank("xx")
    docs = []
    for i in range(count):
        doc = nlp(f"text number {i} is {'good' if i % 2 else 'bad'}")
        doc.cats = {"GOOD": float(i % 2), "BAD": float(1 - i % 2)}
        docs.append(doc)
    DocBin(docs=docs).to_disk(path)
    return path


def scripted_config(folder: Path, scores: list[float], **overrides: Any) -> Config:
    """The config above on a corpus of 20 texts, with scores for the evaluations at steps 0, 2, ...

    overrides: Dotted keys with "__" for "."; None deletes the key or block.
    """
    for split, count in (("train", 20), ("dev", 4)):
        if not (folder / f"{split}.spacy").exists():
            write_texts(folder / f"{split}.spacy", count)
    config = Config().from_str(SCRIPTED, interpolate=False)
    config["paths"] = {"train": str(folder / "train.spacy"), "dev": str(folder / "dev.spacy")}
    config["components"]["scripted"]["scores"] = scores
    for key, value in overrides.items():
        block = config
        *path, last = key.split("__")
        for part in path:
            block = block[part]
        if value is None:
            del block[last]
        else:
            block[last] = value
    return config


def train_in_process(config: Config, output: Path | None = None) -> tuple[Language, RecordingAdam]:
    """RETURNS (tuple): The trained pipeline and the optimizer that trained it."""
    nlp = init_nlp(config)
    nlp, _ = train(nlp, output)
    return nlp, RecordingAdam.built[-1]


def live_schedule(optimizer: RecordingAdam) -> AdaptiveSchedule:
    """RETURNS (AdaptiveSchedule): The schedule that trained."""
    return optimizer.schedule
