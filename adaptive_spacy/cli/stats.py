"""`adaptive-spacy stats`: what is in a corpus."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from adaptive_spacy.data.stats.corpus_statistics import Statistics


def stats_cli(
    corpus: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help=".spacy files, each a split named like the file; a folder: a split per file, or "
            "per folder of files; NAME=PATH: a split of that name.",
            show_default=False,
        ),
    ],
    transformer: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER|NAME",
            help="Count word pieces too, with this transformer's tokenizer, e.g. "
            "assets/transformer. The network is not loaded.",
            show_default=False,
        ),
    ] = None,
    window: Annotated[
        int,
        typer.Option(help="Tokens that the transformer reads at once: [...get_spans] window."),
    ] = 128,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder for stats.json and stats.png.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Count what is in a corpus, and warn of what will hurt a training.

    Sentences, tokens, entities per type and split; lengths; entities that train does not have;
    duplicates within a split and texts that splits share; words that are labelled in different
    ways, or here and not there; entities of the same type that touch, which the tagging scheme IO
    would merge. (Entities never nest: spaCy's doc.ents cannot.)

    Warnings: a dev set of fewer than 100 entities or documents, types with fewer than 10 examples
    in train, types that only dev or test has or that dev lacks, shared texts, tokens without
    annotation, documents beyond what the transformer takes.

    \b
        adaptive-spacy stats corpus/wikigold \\
            --transformer assets/transformer --output stats
    """
    from adaptive_spacy.data.stats.collect import collect
    from adaptive_spacy.data.stats.warnings import find_warnings
    from adaptive_spacy.files import require_other
    from adaptive_spacy.report.corpus_tables import render

    require_other(output, [one for text in corpus for one in (text, text.partition("=")[2])])
    if output is not None and output.exists() and not output.is_dir():
        raise ValueError(f"--output: expected a folder for stats.json, got the file {output}")
    save = _load_save() if output is not None else None
    statistics = collect(corpus, transformer=transformer, window=window, progress=True)
    typer.echo(render(statistics))
    for other in statistics.others:
        typer.echo(f"ℹ {other} is a corpus of its own, and left out")
    for warning in find_warnings(statistics):
        typer.secho(f"⚠ {warning}", fg=typer.colors.YELLOW)
    if output is not None and save is not None:
        for path in save(statistics, output):
            typer.echo(f"✔ Saved to {path.as_posix()}")


def _load_save() -> "Callable[[Statistics, Path], list[Path]]":
    # before anything is counted
    try:
        from adaptive_spacy.report.corpus_figure import save
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ValueError('--output needs matplotlib: pip install "adaptive-spacy[plot]"') from None
    return save
