"""Plain PyTorch and Hugging Face fine-tuning for NER: what the spaCy component is compared with.

Shares with adaptive-spacy only the corpus reader, so that both see the same sentences, and the
form of error messages; nothing of its models, losses, decoders or scorers. Run it with

    python -m benchmarks.quality.yardstick --corpus corpus/wikigold --transformer assets/transformer
        --epochs 20 --warmup 2 --seed 1 --output runs/yardstick-wikigold-1.json
"""

import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import seqeval.metrics
import torch
import transformers
import typer
from seqeval.scheme import IOB2
from spacy.tokens import Doc
from spacy.vocab import Vocab
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    get_linear_schedule_with_warmup,
)

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.data.corpus import FractionCorpus
from adaptive_spacy.files import replacing

SPLITS = ("train", "dev", "test")
DECODERS = ("greedy", "viterbi")
IGNORED = -100  # the target that torch's cross-entropy skips


@dataclass(frozen=True)
class Settings:
    """All that decides a run, apart from the machine.

    corpus (str): Folder with train.spacy, dev.spacy and test.spacy.
    transformer (str): Folder with weights and fast tokenizer. Its config gives the dropout
        (0.1 in BERT and MiniLM).
    epochs (int): Epochs in all.
    warmup (int): Epochs of linear warm-up from zero; 0: none.
    rate (float): Peak learning rate.
    batch_size (int): Sentences per update.
    seed (int): Seed of head, dropout and order of the batches.
    fraction (float): Share of train and dev, in (0, 1]; test is always whole.
    max_pieces (int): Word pieces per sentence, special ones included; what is cut is neither
        learnt nor found.
    weight_decay (float): Of all weights but biases and layer norms.
    max_grad_norm (float): The gradient is scaled down to this norm.
    """

    corpus: str
    transformer: str
    epochs: int = 20
    warmup: int = 2
    rate: float = 1e-4
    batch_size: int = 16
    seed: int = 0
    fraction: float = 1.0
    max_pieces: int = 128
    weight_decay: float = 0.01
    max_grad_norm: float = 1.0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1:
            raise ValueError(
                "epochs and batch_size: expected at least 1, "
                f"got {self.epochs} and {self.batch_size}"
            )
        if not 0 <= self.warmup <= self.epochs:
            raise ValueError(
                f"warmup: expected 0 to {self.epochs} epochs (all of them), got {self.warmup}"
            )


@dataclass(frozen=True)
class Sentence:
    """One Doc of the corpus, as the model and the scorer need it.

    tags (list[str]): Gold BIO tag of each token.
    piece_ids (list[int]): Word pieces with the special ones.
    targets (list[int]): Class of each piece; IGNORED on all but the first of a token.
    first_pieces (list[int]): Positions in `piece_ids`, one for each token in `tokens`.
    tokens (list[int]): Indices of the tokens that have a word piece within the limit.
    """

    tags: list[str]
    piece_ids: list[int]
    targets: list[int]
    first_pieces: list[int]
    tokens: list[int]


def train(settings: Settings, history: Path | None = None) -> dict[str, Any]:
    """Fine-tune once and score dev and test after every epoch.

    settings (Settings): What to train on and how.
    history (Path): Gets one JSON line per epoch while the training runs. None: no file.
    RETURNS (dict): The record: settings, versions, data, epochs, summary. F1 in [0, 1].
    RAISES (ValueError): A corpus without full annotation, or a training loss that is not finite.
    """
    transformers.logging.set_verbosity_error()
    torch.manual_seed(settings.seed)
    docs = read_docs(Path(settings.corpus), settings.fraction)
    labels = bio_labels(docs["train"])
    tokenizer = load_tokenizer(settings.transformer)
    splits = {
        split: [encode(doc, tokenizer, labels, settings.max_pieces) for doc in docs[split]]
        for split in SPLITS
    }
    model = AutoModelForTokenClassification.from_pretrained(
        settings.transformer, num_labels=len(labels), local_files_only=True
    )
    epochs = []
    for epoch in run_epochs(settings, model, tokenizer, labels, splits):
        epochs.append(epoch)
        if history is not None:
            with history.open("w" if epoch["epoch"] == 1 else "a", encoding="utf8") as lines:
                lines.write(json.dumps(epoch) + "\n")
    return {
        "method": "yardstick",
        "settings": asdict(settings),
        "versions": {module.__name__: module.__version__ for module in (torch, transformers)},
        "threads": torch.get_num_threads(),
        "labels": labels,
        "data": {split: describe(splits[split], labels) for split in SPLITS},
        "epochs": epochs,
        "summary": summarize(epochs),
    }


def read_docs(corpus: Path, fraction: float) -> dict[str, list[Doc]]:
    """RETURNS (dict[str, list[Doc]]): The reference docs of each split, in corpus order."""
    vocab = Vocab()
    docs = {}
    for split in SPLITS:
        path = corpus / f"{split}.spacy"
        if not path.exists():
            raise ValueError(f"corpus: expected {path}, which does not exist")
        reader = FractionCorpus(path, fraction=1.0 if split == "test" else fraction)
        docs[split] = [doc for doc in reader.read_docbin(vocab, reader.files()) if len(doc)]
        if not docs[split]:
            raise ValueError(f"corpus: {path} has no sentences")
    return docs


def bio_tags(doc: Doc) -> list[str]:
    """RETURNS (list[str]): A BIO tag for each token.

    RAISES (ValueError): A token is not annotated; no plain tagger can learn from it.
    """
    if not all(token.ent_iob for token in doc):
        raise ValueError(f"corpus: expected full annotation, but it lacks some in {doc.text!r}")
    return [
        f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else token.ent_iob_
        for token in doc
    ]


def bio_labels(docs: list[Doc]) -> list[str]:
    """RETURNS (list[str]): O, then B and I of every entity type of the docs, sorted."""
    types = sorted({ent.label_ for doc in docs for ent in doc.ents})
    if not types:
        raise ValueError("corpus: expected entities to learn, but the training split has none")
    return ["O", *(f"{prefix}-{label}" for label in types for prefix in "BI")]


def load_tokenizer(folder: str) -> PreTrainedTokenizerBase:
    # byte-level tokenizers (RoBERTa) take words only with the space; BERT's ignore the option
    tokenizer = AutoTokenizer.from_pretrained(folder, add_prefix_space=True, local_files_only=True)
    if not tokenizer.is_fast:
        raise ValueError(f"transformer: expected a fast tokenizer in {folder}, it has none")
    return tokenizer


def encode(
    doc: Doc, tokenizer: PreTrainedTokenizerBase, labels: list[str], max_pieces: int
) -> Sentence:
    """Align tokens and word pieces; a tag that is no label has the target IGNORED."""
    tags = bio_tags(doc)
    encoding = tokenizer(
        [token.text for token in doc],
        is_split_into_words=True,
        truncation=True,
        max_length=max_pieces,
    )
    first_piece: dict[int, int] = {}
    for piece, token in enumerate(encoding.word_ids()):
        if token is not None:
            first_piece.setdefault(token, piece)
    targets = [IGNORED] * len(encoding["input_ids"])
    for token, piece in first_piece.items():
        if tags[token] in labels:
            targets[piece] = labels.index(tags[token])
    return Sentence(
        tags=tags,
        piece_ids=encoding["input_ids"],
        targets=targets,
        first_pieces=list(first_piece.values()),
        tokens=list(first_piece),
    )


def run_epochs(
    settings: Settings,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    labels: list[str],
    splits: dict[str, list[Sentence]],
) -> Iterator[dict[str, Any]]:
    """Train the model in place.

    YIELDS (dict): After each epoch: its number (from 1), the rate of its last update, mean
        train loss of its updates, dev loss, F1 by split and decoder, seconds of wall time.
    """
    batches: DataLoader[Any] = DataLoader(
        splits["train"],  # type: ignore[arg-type]
        batch_size=settings.batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(settings.seed),
        collate_fn=partial(collate, tokenizer),
    )
    optimizer = make_optimizer(model, settings)
    schedule = get_linear_schedule_with_warmup(
        optimizer, settings.warmup * len(batches), settings.epochs * len(batches)
    )
    words = sum(len(sentence.tags) for sentence in splits["train"])
    with tqdm(total=settings.epochs * len(batches), unit="update", desc="yardstick") as bar:
        for number in range(1, settings.epochs + 1):
            start = time.perf_counter()
            losses = []
            model.train()
            for batch in batches:
                rate = schedule.get_last_lr()[0]
                loss = model(**batch).loss
                losses.append(loss.item())
                if not math.isfinite(losses[-1]):
                    raise ValueError(f"training loss is {losses[-1]} in epoch {number}: lower rate")
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), settings.max_grad_norm)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
                bar.update()
            trained = time.perf_counter()
            dev_loss, dev_f1 = evaluate(model, tokenizer, labels, splits["dev"])
            _, test_f1 = evaluate(model, tokenizer, labels, splits["test"])
            bar.set_postfix(dev_loss=f"{dev_loss:.4f}", dev_f1=f"{dev_f1['viterbi']:.4f}")
            yield {
                "epoch": number,
                "rate": rate,
                "train_loss": sum(losses) / len(losses),
                "dev_loss": dev_loss,
                "dev_f1": dev_f1,
                "test_f1": test_f1,
                "train_seconds": trained - start,
                "evaluate_seconds": time.perf_counter() - trained,
                "train_words_per_second": words / (trained - start),
            }


def collate(
    tokenizer: PreTrainedTokenizerBase, sentences: list[Sentence]
) -> dict[str, torch.Tensor]:
    """Pad to the longest sentence of the batch."""
    pad = DataCollatorForTokenClassification(tokenizer, label_pad_token_id=IGNORED)
    return pad([{"input_ids": s.piece_ids, "labels": s.targets} for s in sentences])


def make_optimizer(model: PreTrainedModel, settings: Settings) -> torch.optim.AdamW:
    # biases and layer norms are exactly the parameters with one axis
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=settings.rate,
        betas=(0.9, 0.999),
        eps=1e-8,
    )


@torch.inference_mode()
def evaluate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    labels: list[str],
    sentences: list[Sentence],
    batch_size: int = 64,
) -> tuple[float, dict[str, float]]:
    """RETURNS (tuple[float, dict[str, float]]): Mean loss per labelled token over all
    sentences, and entity F1 (strict IOB2) of each decoder.
    """
    model.eval()
    may_start, may_follow = bio_constraints(labels)
    total, count = 0.0, 0
    gold: list[list[str]] = []
    found: dict[str, list[list[str]]] = {decoder: [] for decoder in DECODERS}
    by_length = sorted(sentences, key=lambda sentence: len(sentence.piece_ids))
    for i in range(0, len(by_length), batch_size):
        chunk = by_length[i : i + batch_size]
        batch = collate(tokenizer, chunk)
        targets = batch.pop("labels")
        logits = model(**batch).logits
        total += nn.functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
        ).item()
        count += int((targets != IGNORED).sum())
        for sentence, piece_scores in zip(chunk, logits.numpy(), strict=True):
            scores = token_scores(sentence, piece_scores)
            gold.append(sentence.tags)
            found["greedy"].append([labels[k] for k in scores.argmax(axis=1)])
            found["viterbi"].append([labels[k] for k in viterbi(scores, may_start, may_follow)])
    f1 = {decoder: entity_f1(gold, tags) for decoder, tags in found.items()}
    return total / max(1, count), f1


def token_scores(sentence: Sentence, piece_scores: np.ndarray) -> np.ndarray:
    """RETURNS (ndarray): Scores, shape (tokens, labels); a token without piece can only be O."""
    scores = np.full((len(sentence.tags), piece_scores.shape[1]), -np.inf)
    scores[:, 0] = 0.0
    scores[sentence.tokens] = piece_scores[sentence.first_pieces]
    return scores


def bio_constraints(labels: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """What BIO allows: I-X stands only after B-X or I-X.

    RETURNS (tuple[ndarray, ndarray]): 0 where allowed and -inf elsewhere: for the first tag,
        shape (labels,), and for each tag (column) after each other (row), (labels, labels).
    """
    start = np.array([-np.inf if label.startswith("I-") else 0.0 for label in labels])
    follow = np.tile(start, (len(labels), 1))
    for j, label in enumerate(labels):
        if label.startswith("I-"):
            follow[labels.index(f"B-{label[2:]}"), j] = 0.0
            follow[j, j] = 0.0
    return start, follow


def viterbi(scores: np.ndarray, start: np.ndarray, follow: np.ndarray) -> list[int]:
    """The legal sequence with the highest sum of scores.

    scores (ndarray): Shape (tokens, labels), at least one token.
    start (ndarray): Added to the first token's scores.
    follow (ndarray): Added for each pair of neighbours, row before column.
    RETURNS (list[int]): A label index for each token.
    """
    best = scores[0] + start
    came_from = []
    for row in scores[1:]:
        paths = best[:, None] + follow
        came_from.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + row
    path = [int(best.argmax())]
    for previous in reversed(came_from):
        path.append(int(previous[path[-1]]))
    return path[::-1]


def entity_f1(gold: list[list[str]], found: list[list[str]]) -> float:
    """RETURNS (float): Micro F1 over entities; a tag sequence that BIO forbids is no entity."""
    score = seqeval.metrics.f1_score(gold, found, mode="strict", scheme=IOB2, zero_division=0)
    return float(score)


def describe(sentences: list[Sentence], labels: list[str]) -> dict[str, int]:
    """RETURNS (dict[str, int]): Counts that tell whether two runs saw the same data."""
    tags = [tag for sentence in sentences for tag in sentence.tags]
    return {
        "sentences": len(sentences),
        "tokens": len(tags),
        "entities": sum(tag.startswith("B-") for tag in tags),
        "tokens_without_piece": len(tags) - sum(len(sentence.tokens) for sentence in sentences),
        "tags_unknown_to_model": sum(tag not in labels for tag in tags),
    }


def summarize(epochs: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, float]]]:
    """Test F1 of the checkpoints that dev alone picks; of equals the latest, as in spaCy.

    epochs (list[dict]): What `run_epochs` yields.
    RETURNS (dict): By decoder, then by rule ("best_loss", "best_f1", "last"): "epoch",
        "dev_loss", "dev_f1", "test_f1".
    """
    summary = {}
    latest_first = epochs[::-1]
    for decoder in DECODERS:
        picks = {
            "best_loss": min(latest_first, key=lambda epoch: epoch["dev_loss"]),
            "best_f1": max(latest_first, key=lambda epoch: epoch["dev_f1"][decoder]),
            "last": epochs[-1],
        }
        summary[decoder] = {
            rule: {
                "epoch": epoch["epoch"],
                "dev_loss": epoch["dev_loss"],
                "dev_f1": epoch["dev_f1"][decoder],
                "test_f1": epoch["test_f1"][decoder],
            }
            for rule, epoch in picks.items()
        }
    return summary


def write_record(record: dict[str, Any], path: Path) -> None:
    # not srsly: it keeps nine decimals, too few for a learning rate
    with replacing(path) as aside:
        aside.write_text(json.dumps(record, indent=2) + "\n", encoding="utf8")


def render(summary: dict[str, dict[str, dict[str, float]]]) -> str:
    """RETURNS (str): The summary as a table, one row per decoder and rule."""
    rows = [
        f"{'decoder':<9}{'checkpoint':<11}{'epoch':>6}{'dev loss':>10}{'dev F1':>8}{'test F1':>9}"
    ]
    for decoder, picks in summary.items():
        for rule, pick in picks.items():
            rows.append(
                f"{decoder:<9}{rule:<11}{pick['epoch']:>6}{pick['dev_loss']:>10.4f}"
                f"{pick['dev_f1']:>8.4f}{pick['test_f1']:>9.4f}"
            )
    return "\n".join(rows)


def yardstick_cli(
    corpus: Annotated[Path, typer.Option(help="Folder with train, dev and test .spacy files.")],
    transformer: Annotated[Path, typer.Option(help="Folder with weights and fast tokenizer.")],
    output: Annotated[
        Path, typer.Option(help="The record (.json); a .jsonl beside it grows by epoch.")
    ],
    epochs: Annotated[int, typer.Option(help="Epochs in all.")] = 20,
    warmup: Annotated[int, typer.Option(help="Epochs of linear warm-up.")] = 2,
    rate: Annotated[float, typer.Option(help="Peak learning rate.")] = 1e-4,
    batch_size: Annotated[int, typer.Option(help="Sentences per update.")] = 16,
    seed: Annotated[int, typer.Option(help="Seed of head, dropout and batches.")] = 0,
    fraction: Annotated[float, typer.Option(help="Share of train and dev; test is whole.")] = 1.0,
) -> None:
    """Fine-tune a plain Hugging Face token classifier, for comparison."""
    with one_line_errors():
        settings = Settings(
            corpus=corpus.as_posix(),
            transformer=transformer.as_posix(),
            epochs=epochs,
            warmup=warmup,
            rate=rate,
            batch_size=batch_size,
            seed=seed,
            fraction=fraction,
        )
        output.parent.mkdir(parents=True, exist_ok=True)
        record = train(settings, history=output.with_suffix(".jsonl"))
        write_record(record, output)
    typer.echo(render(record["summary"]))


if __name__ == "__main__":
    typer.run(yardstick_cli)
