"""Trainings for tests of their pages: folders as a training, or `crossfit`, leaves them."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc, DocBin
from spacy.training import Example

from adaptive_spacy.experiments.expectation import expect_scores
from adaptive_spacy.ner import confidence
from adaptive_spacy.training.history import Evaluation
from adaptive_spacy.training.lock import LOCK
from tests.conftest import write_corpus
from tests.report.evaluations import evaluation

#: Words, annotated tags, predicted tags, confidences of what was predicted
Row = tuple[str, str, str, list[float]]

ROWS: list[Row] = [
    ("Ada lives in Paris .", "B-PER O O B-LOC O", "B-PER O O B-LOC O", [0.99, 0.6]),
    ("Ben Ray visits New York", "B-PER I-PER O B-LOC I-LOC", "B-PER O O B-ORG I-ORG", [0.9, 0.8]),
    ("it rains in London", "O O O B-LOC", "O O O O", []),
    ("Cleo met Acme .", "B-PER O O O", "B-PER O B-ORG O", [0.7, 0.95]),
    ("nothing happens here", "O O O", "O O O", []),
]

#: What a training has learnt from: as many sentences and labels, and other texts
LEARNT = [
    ("Dora stays in Oslo .", "B-PER O O B-LOC O"),
    ("Eve Poe sees San Remo", "B-PER I-PER O B-LOC I-LOC"),
    ("it snows in Riga", "O O O B-LOC"),
    ("Fay left Ajax .", "B-PER O O O"),
    ("all is quiet", "O O O"),
]


def make_history(count: int = 5) -> list[Evaluation]:
    """RETURNS (list[Evaluation]): Warm-up, constant rate and a cool-down; F1 rises, and falls at
    the end."""
    found = [evaluation(0, phase="warmup", rate=1e-6, f=0.0, train_loss=2.0, dev_loss=2.0)]
    for i in range(1, count + 1):
        phase = "warmup" if i == 1 else "plateau" if i <= count // 2 else "cooldown"
        f = 0.5 + 0.3 * i / count if i < count else 0.7
        changes: dict[str, Any] = {"phase": phase, "rate": 1e-4, "f": f, "p": f, "r": f}
        changes |= {"train_loss": 1 / i, "dev_loss": 0.3 + abs(i - count / 2) / count}
        changes["scores"] = {"ents_f": f, "ents_loss": changes["dev_loss"]}
        found.append(evaluation(10 * i, epoch=i, seconds=60.0 * i, **changes))
    return found


def write_history(folder: Path, history: Sequence[Evaluation]) -> None:
    """Write a history as the logger does."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(asdict(one)) for one in history]
    (folder / "history.jsonl").write_text("\n".join(lines) + "\n", encoding="utf8")


def make_docs(rows: Sequence[Row] = ROWS) -> tuple[list[Doc], list[Doc]]:
    """RETURNS (tuple): Annotated docs, and predicted ones with confidences."""
    vocab = spacy.blank("xx").vocab
    gold, found = [], []
    for words, tags, predicted, sure in rows:
        gold.append(Doc(vocab, words=words.split(), ents=tags.split()))
        doc = Doc(vocab, words=words.split(), ents=predicted.split())
        for ent, number in zip(doc.ents, sure, strict=True):
            confidence.write(ent, number, "transformer_ner")
        found.append(doc)
    return gold, found


def write_crossfit(
    folder: Path, rows: Sequence[Row] = ROWS, history: Sequence[Evaluation] | None = None
) -> Path:
    """RETURNS (Path): A folder with labels, what was predicted for each, and a record of that."""
    confidence.register()
    write_history(folder, history or make_history())
    gold, found = make_docs(rows)
    DocBin(docs=gold, store_user_data=True).to_disk(folder / "labelled.spacy")
    DocBin(docs=found, store_user_data=True).to_disk(folder / "out-of-fold.spacy")
    (folder / "crossfit.json").write_text(json.dumps(make_record(gold, found)), encoding="utf8")
    return folder


def make_record(gold: Sequence[Doc], found: Sequence[Doc]) -> dict[str, Any]:
    """RETURNS (dict): What crossfit.json says of five folds, as far as a page reads it."""
    pairs = [Example(one, other) for one, other in zip(found, gold, strict=True)]
    # no entity, no record: crossfit refuses such labels
    known = any(doc.ents for doc in gold)
    expected = asdict(expect_scores(pairs, 5)) if known else {"interval": None}
    return {"folds": [{}] * 5, "expected": expected}


@contextlib.contextmanager
def training_elsewhere(folder: Path) -> Iterator[None]:
    """Have a folder look as if another process, that which started the tests, trained into it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"process {os.getppid()} on {socket.gethostname()}, since now"
    (folder / LOCK).write_text(text, encoding="utf8")
    yield
    (folder / LOCK).unlink()


def write_training(folder: Path, rows: Sequence[Row] = ROWS, *, test: bool = True) -> Path:
    """RETURNS (Path): A folder whose model-last finds Ada, Ben and Acme, with corpora beside it:
    dev and test are the rows, none of which is in train."""
    write_history(folder, make_history())
    gold, _ = make_docs(rows)
    corpora = folder.parent / "corpus"
    corpora.mkdir(exist_ok=True)
    write_corpus(corpora / "train.spacy", LEARNT)
    for split in ("dev", *(["test"] if test else [])):
        DocBin(docs=gold).to_disk(corpora / f"{split}.spacy")
    nlp = spacy.blank("xx")
    for split in ("train", "dev"):
        nlp.config["paths"][split] = str(corpora / f"{split}.spacy")
    ruler: Any = nlp.add_pipe("entity_ruler")
    labels = {"Ada": "PER", "Ben": "PER", "Acme": "ORG"}
    ruler.add_patterns([{"label": label, "pattern": word} for word, label in labels.items()])
    nlp.to_disk(folder / "model-last")
    return folder
