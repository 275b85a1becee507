"""Those who are compared: each trains the same sentences and tags the same texts in its own way.

A contestant is built once and then timed again and again beside the others. All of them fine-tune
the same transformer in batches of 16 sentences, from tokens and tags in memory; what a contestant
prepares once per training (word pieces, examples) is not timed. That the results are right is
shown by benchmarks.quality.yardstick and `adaptive-spacy sweep`, not here.
"""

import random
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import torch
from spacy.cli.init_config import init_config
from spacy.language import Language
from spacy.schemas import ConfigSchemaTraining
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import create_train_batches, train_while_improving
from spacy.util import load_config, registry, resolve_dot_names
from spacy.vocab import Vocab
from thinc.api import Config
from torch import nn
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
    pipeline,
)

from adaptive_spacy.transformer.dtypes import INT8, computes, is_faster_in_bfloat16
from benchmarks.quality.yardstick_data import EncodedSentence, encode

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
HAS_BFLOAT16 = computes(DEVICE, torch.bfloat16)
BATCH = 16
RATE = 5e-5


class Contestant(ABC):
    """Trains and tags.

    corpus (Path): Folder with train.spacy.
    transformer (Path): Folder of the pretrained transformer.
    sentences (int): Training sentences of an epoch, the first of the corpus.
    """

    name: ClassVar[str]
    #: What it is timed at
    tasks: ClassVar[tuple[str, ...]] = ("training", "tagging")

    def __init__(self, corpus: Path, transformer: Path, sentences: int) -> None:
        self.transformer = transformer
        docs = DocBin().from_disk(corpus / "train.spacy").get_docs(Vocab())
        self.docs: list[Doc] = list(docs)[:sentences]
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Build what a training builds once."""

    @abstractmethod
    def epoch(self) -> None:
        """Train on all sentences once."""

    @abstractmethod
    def tag(self, texts: list[str]) -> None:
        """Find the entities of texts."""


class InSpacy(Contestant):
    """A pipeline in spaCy's own training loop."""

    @abstractmethod
    def config(self) -> Config:
        """RETURNS (Config): The config of the training."""

    def prepare(self) -> None:
        config = self.config()
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "train.spacy")
            DocBin(docs=self.docs).to_disk(path)
            config["paths"]["train"] = config["paths"]["dev"] = path
            self.nlp: Language = init_nlp(config)
            filled = self.nlp.config.interpolate()
            self.training = registry.resolve(filled["training"], schema=ConfigSchemaTraining)
            (corpus,) = resolve_dot_names(filled, [self.training["train_corpus"]])
            self.examples = list(corpus(self.nlp))

    def epoch(self) -> None:
        batches = create_train_batches(
            self.nlp, lambda nlp: self.examples, self.training["batcher"], max_epochs=1
        )
        steps = train_while_improving(
            self.nlp,
            self.training["optimizer"],
            batches,
            lambda: (0.0, {}),
            dropout=self.training["dropout"],
            eval_frequency=len(self.examples),
            accumulate_gradient=self.training["accumulate_gradient"],
            patience=0,
            max_steps=0,
            exclude=[],
            annotating_components=[],
            before_update=None,
        )
        for _ in steps:
            pass

    def tag(self, texts: list[str]) -> None:
        for doc in self.nlp.pipe(texts):
            if not doc.has_annotation("ENT_IOB"):
                raise RuntimeError("the pipeline sets no entities")


class Ours(InSpacy):
    """adaptive.cfg, in float32 on every machine."""

    name = "adaptive-spacy"
    overrides: ClassVar[dict[str, Any]] = {"components.transformer.model.precision": "float32"}

    def config(self) -> Config:
        overrides = {"variables.transformer": str(self.transformer), **self.overrides}
        return load_config(Path("configs") / "adaptive.cfg", overrides=overrides)


class OursBfloat16(Ours):
    """The same with `precision = "bfloat16"`."""

    name = "adaptive-spacy, bfloat16"
    overrides: ClassVar[dict[str, Any]] = {"components.transformer.model.precision": "bfloat16"}


class OursInt8(Ours):
    """The same with `precision = "int8"`, which changes how it tags, not how it is trained."""

    name = "adaptive-spacy, int8"
    overrides: ClassVar[dict[str, Any]] = {"components.transformer.model.precision": INT8}
    tasks = ("tagging",)


class SpacyNER(InSpacy):
    """`transformer` and `ner` as `spacy init config --gpu` writes them, with batches of 16."""

    name = "spaCy transformer + ner"

    def config(self) -> Config:
        config = init_config(lang="en", pipeline=["ner"], gpu=True, silent=True)
        config["components"]["transformer"]["model"]["name"] = str(self.transformer)
        # the sample's dev set is not used, and one batch is one update
        config["training"]["accumulate_gradient"] = 1
        config["training"]["batcher"] = {"@batchers": "spacy.batch_by_sequence.v1", "size": BATCH}
        return config


class InTorch(Contestant):
    """A token classifier of Hugging Face."""

    def prepare(self) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(self.transformer)
        types = sorted({ent.label_ for doc in self.docs for ent in doc.ents})
        self.labels = ["O", *(f"{prefix}-{one}" for one in types for prefix in "BI")]
        torch.manual_seed(0)
        self.model = AutoModelForTokenClassification.from_pretrained(
            self.transformer,
            num_labels=len(self.labels),
            id2label=dict(enumerate(self.labels)),
            label2id={label: i for i, label in enumerate(self.labels)},
        )
        encoded = [encode(doc, self.tokenizer, self.labels, 128) for doc in self.docs]
        self.rows = [self.row(one) for one in encoded]
        self.collate = DataCollatorForTokenClassification(self.tokenizer)

    @staticmethod
    def row(sentence: EncodedSentence) -> dict[str, list[int]]:
        return {"input_ids": sentence.piece_ids, "labels": sentence.targets}


class HuggingFace(InTorch):
    """`Trainer` and `pipeline` at their defaults, on the processor if there is no GPU."""

    name = "Hugging Face"

    def epoch(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                folder,
                num_train_epochs=1,
                per_device_train_batch_size=BATCH,
                save_strategy="no",
                report_to=[],
                disable_tqdm=True,
                use_cpu=not torch.cuda.is_available(),
            )
            trainer: Any = Trainer(
                self.model, arguments, train_dataset=self.rows, data_collator=self.collate
            )
            trainer.train()

    def tag(self, texts: list[str]) -> None:
        tagger = pipeline("token-classification", model=self.model.eval(), tokenizer=self.tokenizer)
        for _ in tagger(texts, batch_size=32):
            pass


class BareTorch(InTorch):
    """Length buckets, a fused AdamW, and bfloat16 where the processor is faster in it."""

    name = "bare torch"

    def prepare(self) -> None:
        super().prepare()
        self.device = DEVICE
        self.model.to(self.device)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=RATE, fused=True)
        self.random = random.Random(0)

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device, torch.bfloat16, enabled=is_faster_in_bfloat16(DEVICE))

    def buckets(self) -> Iterator[dict[str, torch.Tensor]]:
        rows = sorted(self.rows, key=lambda row: len(row["input_ids"]) + self.random.random())
        batches = [rows[i : i + BATCH] for i in range(0, len(rows), BATCH)]
        for batch in self.random.sample(batches, len(batches)):
            yield {key: one.to(self.device) for key, one in self.collate(batch).items()}

    def epoch(self) -> None:
        self.model.train()
        for batch in self.buckets():
            with self.autocast():
                loss = self.model(**batch).loss
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad()

    def tag(self, texts: list[str]) -> None:
        self.model.eval()
        pieces = self.tokenizer(texts, truncation=True, max_length=128)["input_ids"]
        order = sorted(range(len(texts)), key=lambda i: len(pieces[i]))
        tags: dict[int, list[int]] = {}
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            batch = self.tokenizer.pad(
                {"input_ids": [pieces[i] for i in chosen]}, return_tensors="pt"
            )
            with torch.inference_mode(), self.autocast():
                logits = self.model(**batch.to(self.device)).logits
            for i, row in zip(chosen, logits.argmax(-1).tolist(), strict=True):
                tags[i] = row[: len(pieces[i])]


CONTESTANTS: list[type[Contestant]] = [Ours, HuggingFace, SpacyNER, BareTorch]
if not torch.cuda.is_available():
    # a GPU computes it in float32
    CONTESTANTS.insert(1, OursInt8)
if HAS_BFLOAT16:
    CONTESTANTS.insert(1, OursBfloat16)


def timed(function: Any, *arguments: Any) -> float:
    """RETURNS (float): Seconds of a call, with what a GPU still has to do for it."""
    started = time.perf_counter()
    function(*arguments)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started
