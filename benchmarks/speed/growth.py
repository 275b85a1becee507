"""How the cost of what surrounds the network grows: with sentences, with length, with labels.

    python -m benchmarks.speed.growth --corpus corpus/wikigold/test.spacy

The network is a random one of two layers and width 32, so that the rest shows. Each figure is the
median of three runs, in microseconds per word; what grows in proportion stays the same.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import spacy
import torch
import typer
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.vocab import Vocab
from tqdm import tqdm
from transformers import AutoTokenizer, BertConfig, BertModel

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.training.batching import make_buckets_v1
from adaptive_spacy.transformer.lengths import make_piece_lengths_v1
from benchmarks.measurements import add_lines

SENTENCES = (1_000, 10_000, 100_000)
LENGTHS = (16, 128, 1_024, 8_192)
LABELS = (2, 8, 32, 128)
RUNS = 3


def make_transformer(tokenizer: Path, folder: Path) -> Path:
    """RETURNS (Path): A small random BERT with a real tokenizer."""
    taken = AutoTokenizer.from_pretrained(tokenizer)
    taken.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(taken),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def make_pipeline(transformer: Path, labels: int) -> Language:
    """RETURNS (Language): A pipeline with so many entity types."""
    nlp = spacy.blank("en")
    spans = {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 128, "stride": 96}
    model = {
        "@architectures": "adaptive_spacy.TransformerModel.v1",
        "name": str(transformer),
        "get_spans": spans,
    }
    nlp.add_pipe("transformer", config={"model": model})
    ner = nlp.add_pipe("transformer_ner")
    nlp.add_pipe("transformer_cleaner")
    for number in range(labels):
        ner.add_label(f"TYPE{number}")  # type: ignore[attr-defined]
    one = Example.from_dict(nlp.make_doc("a b"), {"entities": [(0, 1, "TYPE0")]})
    nlp.initialize(lambda: [one])
    return nlp


def microseconds(function: Callable[[], int]) -> float:
    """RETURNS (float): Of a run, per word. The function returns its number of words."""
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        words = function()
        taken.append((time.perf_counter() - started) / words * 1e6)
    return round(median(taken), 1)


def pipe(nlp: Language, docs: list[list[str]]) -> int:
    """Find entities. RETURNS (int): Words."""
    return sum(len(doc) for doc in nlp.pipe(Doc(nlp.vocab, words) for words in docs))


def epoch(docs: list[Doc], lengths: Any) -> int:
    """Cut an epoch into batches. RETURNS (int): Words."""
    return sum(len(doc) for batch in make_buckets_v1(lengths=lengths)(docs) for doc in batch)


def measure(words: list[list[str]], transformer: Path) -> Iterator[tuple[str, int, float]]:
    """Yield what was measured, its size, and microseconds per word."""
    nlp = make_pipeline(transformer, 4)
    for size in SENTENCES:
        chosen = list(islice(cycle(words), size))
        yield "sentences, tagging", size, microseconds(partial(pipe, nlp, chosen))
    for size in SENTENCES:
        docs = [Doc(nlp.vocab, one) for one in islice(cycle(words), size)]
        lengths = make_piece_lengths_v1(str(transformer))
        lengths(docs)  # once per training
        yield (
            "sentences, batches of an epoch",
            size,
            microseconds(partial(epoch, docs, lengths)),
        )
    flat = cycle(word for sentence in words for word in sentence)
    for size in LENGTHS:
        long = [list(islice(flat, size)) for _ in range(max(1, 32_768 // size))]
        yield "words of a document, tagging", size, microseconds(partial(pipe, nlp, long))
    for size in LABELS:
        many = make_pipeline(transformer, size)
        yield "labels, tagging", size, microseconds(partial(pipe, many, words))


@one_line_errors()
def main(
    corpus: Annotated[Path, typer.Option(help="A .spacy file, whose words are used.")],
    transformer: Annotated[Path, typer.Option(help="Its tokenizer.")] = Path("assets/transformer"),
    output: Annotated[Path | None, typer.Option(help="JSONL, gets lines.")] = None,
) -> None:
    """Print a table."""
    words = [[t.text for t in doc] for doc in DocBin().from_disk(corpus).get_docs(Vocab())]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, tqdm(unit="size") as bar:
        for what, size, taken in measure(words, make_transformer(transformer, Path(folder))):
            rows.append({"what": what, "size": size, "microseconds_per_word": taken})
            bar.update()
    print("| what grows | size | microseconds per word |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row['what']} | {row['size']:,} | {row['microseconds_per_word']} |")
    if output is not None:
        add_lines(output, rows)


if __name__ == "__main__":
    typer.run(main)
