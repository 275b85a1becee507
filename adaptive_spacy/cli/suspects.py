"""`adaptive-spacy suspects`: labels that deserve a second look."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code, GpuId

#: Rows that the terminal shows
SHOWN = 20
#: Of all entities, and of texts, what is written if nobody says
SHARE, COUNT = 0.05, 100


def suspects_cli(
    training: Annotated[
        Path,
        typer.Argument(
            help="Output folder of crossfit, whose folds judge the labels that they had not seen; "
            "or of a training."
        ),
    ],
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="A training: the labels to judge, that it did not learn from.",
            show_default="test.spacy beside dev, or dev",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the ranking goes, e.g. suspects.jsonl.")
    ] = None,
    format: Annotated[
        str,
        typer.Option(
            metavar="spans|prodigy|doccano|label-studio",
            help="spans: JSONL, an entity each. Or what the tool imports: a task for each text, "
            "with its labels as they are and what to look at.",
        ),
    ] = "spans",
    share: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Of all annotated or predicted entities, how many.",
            show_default=str(SHARE),
        ),
    ] = None,
    next: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Instead: texts without labels (.txt, a text a line; .jsonl; .spacy), of which "
            "to say which to label next.",
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(min=1, help="With --next: how many texts to choose.", show_default=str(COUNT)),
    ] = None,
    code: Code = None,
    gpu_id: GpuId = -1,
) -> None:
    """Rank labels by what speaks against them: missing, of a wrong type or boundary, inconsistent.

    Two witnesses: a model that did not learn from the label, and how the same
    words are annotated elsewhere. Mend what is wrong in your tool, convert its
    export, and train again:

    \b
        adaptive-spacy suspects training/mine --output look.jsonl --format prodigy

    With --next, texts that have no labels yet are ranked, by how much the model
    is unsure of and how little they are like each other:

    \b
        adaptive-spacy suspects training/mine --next texts.txt \\
            --output label.jsonl
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.data.writers.tasks import require_format
    from adaptive_spacy.experiments.predictions import (
        is_crossfit,
        predict_corpus,
        read_held_out,
        require_folder,
    )
    from adaptive_spacy.experiments.suspect_files import describe, write_suspects
    from adaptive_spacy.experiments.suspects import rank_suspects
    from adaptive_spacy.files import require_other
    from adaptive_spacy.printable import one_line

    require_format(format)
    require_other(output, [training, corpus, next, code])
    require_folder(training)
    import_code(code)
    if next is not None:
        given = {"--corpus": corpus, "--share": share}
        if named := [name for name, value in given.items() if value is not None]:
            raise ValueError(f"--next ranks texts without labels: expected no {named[0]} beside it")
        _choose_next(training, next, output, format, count or COUNT, gpu_id)
        return
    if count is not None:
        raise ValueError("--count: expected --next, of whose texts it says how many to choose")
    if is_crossfit(training) and corpus is None:
        found = read_held_out(training)
    else:
        predicted = predict_corpus(training, corpus=corpus, gpu_id=gpu_id)
        if predicted is None and corpus is not None:
            raise ValueError(f"{training}: expected the output of a training, found no model-last")
        if predicted is None:
            raise ValueError(
                f"{training}: expected the output folder of crossfit, or of a training with "
                "model-last, whose dev or test set is where its config says, in .spacy files and "
                "annotated, and that it has not learnt from; --corpus names another"
            )
        found = predicted
    ranked = rank_suspects(found.examples)
    chosen = ranked[: round((SHARE if share is None else share) * len(ranked))]
    for one in chosen[:SHOWN]:
        typer.echo(one_line(f"{100 * one.score:5.1f}  document {one.doc + 1}, {describe(one)}"))
    typer.echo(
        f"{len(chosen):,} of {len(ranked):,} annotated or predicted entities of {found.role}, the "
        "most suspect first"
    )
    if output is not None:
        docs = [eg.reference for eg in found.examples]
        written = write_suspects(chosen, docs, output, format=format)
        for note in written.notes():
            typer.echo(one_line(note))
        noun = "spans" if format == "spans" else "tasks"
        typer.echo(f"✔ Saved to {output.as_posix()}: {written.records:,} {noun}")


def _choose_next(
    training: Path, texts: Path, output: Path | None, format: str, count: int, gpu_id: int
) -> None:
    from adaptive_spacy.experiments.next_files import write_next
    from adaptive_spacy.experiments.next_texts import choose_next
    from adaptive_spacy.printable import one_line

    chosen, known = choose_next(training, texts, count=count, gpu_id=gpu_id)
    for one in chosen[:SHOWN]:
        typer.echo(one_line(f"{one.doubts:5.2f}  {one.doc.text}"))
    typer.echo(
        f"{len(chosen):,} of {known:,} texts that are new, the first to label first; the number is "
        "of mistakes to expect in what the model suggests"
    )
    if output is not None:
        number = write_next(chosen, output, format=format)
        typer.echo(f"✔ Saved to {output.as_posix()}: {number:,} texts")
