"""`adaptive-spacy export`: .spacy files back to CoNLL or JSONL."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli import options


def export_cli(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A .spacy file, or the folder of 000.spacy, 001.spacy, ... of a large split.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Argument(
            metavar="OUTPUT",
            help="The file to write, e.g. train.conll or train.jsonl.",
            show_default=False,
        ),
    ],
    format: options.OutputFormat = "auto",
    scheme: options.OutputScheme = "BIO",
) -> None:
    """Write .spacy files as text that people and other tools read.

    CoNLL has a token and its tag per row; JSONL has a text, its tokens and its entities per line,
    as Prodigy writes them. `adaptive-spacy convert` reads both back to the same docs, but for the
    spaces between tokens, which CoNLL does not hold.

        adaptive-spacy export corpus/train.spacy train.conll

        adaptive-spacy export corpus/train train.jsonl
    """
    from adaptive_spacy.data.export import export

    exported = export(path, output, format=format, scheme=scheme, progress=True)

    from wasabi import msg

    for note in exported.notes():
        msg.info(note)
    msg.good(
        f"Written to {exported.output}: {exported.docs:,} docs, {exported.tokens:,} tokens, "
        f"{exported.entities:,} entities"
    )
