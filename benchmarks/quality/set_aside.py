"""Sets sentences of train and dev aside, so that trials can be scored without the test set.

    python -m benchmarks.quality.set_aside corpus/wnut17 runs/aside/wnut17

What trials say may choose a default, so the test set must take no part. The corpus that is written
has the sentences that were set aside as its test set, and shares the others out as its train and
dev: `adaptive-spacy sweep --datasets runs/aside/wnut17` does the rest. Copies of a text stay
together, or what scores would be learnt.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from pathlib import Path
from random import Random
from typing import Annotated

import spacy
import typer
from spacy.tokens import Doc

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.data.shared_texts import without_spaces
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.experiments.shipping import write_docs
from adaptive_spacy.files import replacing_folder, require_other

TRAIN = 0.8


def main(
    corpus: Annotated[Path, typer.Argument(help="Folder with train.spacy and dev.spacy.")],
    output: Annotated[
        Path, typer.Argument(help="New folder, gets train.spacy, dev.spacy and test.spacy.")
    ],
    sentences: Annotated[
        int, typer.Option(min=1, help="At least so many are set aside, with all copies.")
    ] = 800,
    seed: Annotated[int, typer.Option(help="Of which ones.")] = 0,
) -> None:
    """Divide train and dev anew, into train, dev and sentences to score on."""
    with one_line_errors():
        require_other(output, [corpus])
        require_new(output)
        vocab = spacy.blank("xx").vocab
        docs = [
            doc for split in ("train", "dev") for doc in read_docs(corpus / f"{split}.spacy", vocab)
        ]
        texts = group(docs)
        Random(seed).shuffle(texts)
        aside, rest = cut(texts, sentences)
        if len(rest) < 2:
            raise ValueError(
                "--sentences: expected so few that train and dev get a text each, got "
                f"{sentences}, as train and dev of {corpus} have {len(docs)} of {len(texts)} texts"
            )
        parts = {**share_out(rest), "test": list(chain.from_iterable(aside))}
        with replacing_folder(output) as folder:
            for split, part in parts.items():
                write_docs(part, folder / f"{split}.spacy")
        for split, part in parts.items():
            typer.echo(f"✔ {output / split}.spacy: {len(part)} sentences")


def require_new(output: Path) -> None:
    """RAISES (ValueError): If something is where the output would be."""
    if output.exists() and not (output.is_dir() and not any(output.iterdir())):
        found = "one that holds something" if output.is_dir() else "a file"
        raise ValueError(f"{output}: expected a new or an empty folder, found {found}")


def group(docs: Iterable[Doc]) -> list[list[Doc]]:
    """RETURNS (list[list[Doc]]): The docs of each text, whatever their spaces."""
    found: dict[str, list[Doc]] = {}
    for doc in docs:
        found.setdefault(without_spaces(doc.text), []).append(doc)
    return list(found.values())


def cut(texts: Sequence[list[Doc]], count: int) -> tuple[Sequence[list[Doc]], Sequence[list[Doc]]]:
    """RETURNS (tuple): The first texts that have as many sentences, or more in the last one, and
    the others."""
    ends = accumulate(map(len, texts), initial=0)
    place = next((i for i, end in enumerate(ends) if end >= count), len(texts))
    return texts[:place], texts[place:]


def share_out(texts: Sequence[list[Doc]]) -> dict[str, list[Doc]]:
    """RETURNS (dict[str, list[Doc]]): Four fifths of the sentences as train and the others as dev,
    which gets one of the texts at least."""
    train, dev = cut(texts, int(TRAIN * sum(map(len, texts))))
    if not dev:
        train, dev = texts[:-1], texts[-1:]
    return {"train": list(chain.from_iterable(train)), "dev": list(chain.from_iterable(dev))}


if __name__ == "__main__":
    typer.run(main)
