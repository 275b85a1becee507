"""Sets sentences of train and dev aside, so that trials can be scored without the test set.

    python -m benchmarks.quality.set_aside corpus/wnut17 runs/aside/wnut17

What trials say may choose a default, so the test set must take no part. The corpus that is written
has the sentences that were set aside as its test set, and shares the others out as its train and
dev: `adaptive-spacy sweep --datasets runs/aside/wnut17` does the rest.
"""

from pathlib import Path
from random import Random
from typing import Annotated

import spacy
import typer
from spacy.tokens import Doc

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.experiments.shipping import write_docs
from adaptive_spacy.files import require_other

TRAIN = 0.8


def main(
    corpus: Annotated[Path, typer.Argument(help="Folder with train.spacy and dev.spacy.")],
    output: Annotated[Path, typer.Argument(help="Gets train.spacy, dev.spacy and test.spacy.")],
    sentences: Annotated[int, typer.Option(min=1, help="So many are set aside.")] = 800,
    seed: Annotated[int, typer.Option(help="Of which ones.")] = 0,
) -> None:
    """Divide train and dev anew, into train, dev and sentences to score on."""
    with one_line_errors():
        require_other(output, [corpus])
        vocab = spacy.blank("xx").vocab
        docs = [
            doc for split in ("train", "dev") for doc in read_docs(corpus / f"{split}.spacy", vocab)
        ]
        if sentences > len(docs) - 2:
            raise ValueError(
                f"--sentences: expected {len(docs) - 2} at most, as train and dev of {corpus} have "
                f"{len(docs)}, got {sentences}"
            )
        Random(seed).shuffle(docs)
        write(docs, sentences, output)


def write(docs: list[Doc], sentences: int, output: Path) -> None:
    """Write the first sentences as test, and of the others four fifths as train."""
    aside, rest = docs[:sentences], docs[sentences:]
    middle = int(TRAIN * len(rest))
    output.mkdir(parents=True, exist_ok=True)
    for split, part in (("train", rest[:middle]), ("dev", rest[middle:]), ("test", aside)):
        write_docs(part, output / f"{split}.spacy")
        typer.echo(f"✔ {output / split}.spacy: {len(part)} sentences")


if __name__ == "__main__":
    typer.run(main)
