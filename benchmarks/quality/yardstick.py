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

import torch
import transformers
import typer
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm
from transformers import (
    AutoModelForTokenClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    get_linear_schedule_with_warmup,
)

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import read_object
from benchmarks.quality.yardstick_data import (
    SPLITS,
    EncodedSentence,
    bio_labels,
    collate,
    describe,
    encode,
    load_tokenizer,
    read_docs,
)
from benchmarks.quality.yardstick_scores import evaluate, render, summarize

#: What a record says that made it
METHOD = "yardstick"


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
        "method": METHOD,
        "settings": asdict(settings),
        "versions": {module.__name__: module.__version__ for module in (torch, transformers)},
        "threads": torch.get_num_threads(),
        "labels": labels,
        "data": {split: describe(splits[split], labels) for split in SPLITS},
        "epochs": epochs,
        "summary": summarize(epochs),
    }


def run_epochs(
    settings: Settings,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    labels: list[str],
    splits: dict[str, list[EncodedSentence]],
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


def write_record(record: dict[str, Any], path: Path) -> None:
    # not srsly: it keeps nine decimals, too few for a learning rate
    with replacing(path) as aside:
        aside.write_text(json.dumps(record, indent=2) + "\n", encoding="utf8")


def require_own(output: Path, history: Path) -> None:
    """RAISES (ValueError): If the output is no .json, whose history has a name of its own, or if
    something would be replaced that no finished yardstick wrote."""
    if output.suffix != ".json":
        raise ValueError(f"--output: expected a .json file, got {output}")
    for path in (output, history):
        if path.exists() and not is_record(output):
            raise ValueError(
                f"{path}: expected a new file, or that of a finished yardstick, whose record is "
                f"{output}; give another --output, or remove it"
            )


def is_record(path: Path) -> bool:
    """Whether a file is a record of the yardstick."""
    try:
        return read_object(path, "a record").get("method") == METHOD
    except (OSError, ValueError):
        return False


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
        history = output.with_suffix(".jsonl")
        require_own(output, history)
        output.parent.mkdir(parents=True, exist_ok=True)
        record = train(settings, history)
        write_record(record, output)
    typer.echo(render(record["summary"]))


if __name__ == "__main__":
    typer.run(yardstick_cli)
