"""`adaptive-spacy report`: what a training, or a sweep of them, found."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code, GpuId


def report_cli(
    runs: Annotated[
        Path, typer.Argument(help="Output folder of a training, of crossfit, or of a sweep.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            help="A training: the page, e.g. reports/mine.html, or a folder that gets report.html; "
            "RUNS/report.html if not given. A sweep: folder for the report; RUNS/report if not "
            "given."
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            help="A sweep: the approach that the others are tested against.",
            show_default="one with folds, or adaptive",
        ),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option(
            help="A sweep. epochs: compare one adaptive run with a search over fixed numbers of "
            "epochs, of configs/experiments/epochs.yml. budget: compare approaches at numbers of "
            "labelled sentences, of configs/experiments/budget.yml.",
            show_default="budget of a grid over labels",
        ),
    ] = None,
    select: Annotated[
        str | None,
        typer.Option(
            metavar="last|best",
            help="A training: the checkpoint that ships.",
            show_default="last",
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="A training: annotated sentences that it did not learn from, a .spacy file or a "
            "folder of them.",
            show_default="test.spacy beside dev, or dev",
        ),
    ] = None,
    curve: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORDS",
            help="A training: output folder of a sweep over parts of its labels, of "
            "configs/experiments/curve.yml; the page gets F1 by labelled sentences, and what twice "
            "the labels may bring.",
        ),
    ] = None,
    code: Code = None,
    gpu_id: GpuId = -1,
) -> None:
    """Say what a training came to, on a page; or compare the approaches of a sweep.

    The page of a training says why it stopped, what ships, which F1 to expect
    and what would help most; it shows phases, rates and losses, scores by
    type with intervals, errors by kind with their passages, the data, the
    config. Its model predicts the test set once. A training that is running
    has a page too.

    For a sweep: report.md, figures as PNG and SVG, and report.html. Can be
    run while the sweep is running. A difference is called real only where a
    paired test over seeds or samples says so, adjusted for the number of
    tests.

    Pages open from disk without network.
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.files import require_other
    from adaptive_spacy.training.history import HISTORY

    if (runs / HISTORY).is_file():
        of_sweep = {"--question": question, "--reference": reference}
        if named := next((name for name, value in of_sweep.items() if value is not None), None):
            raise ValueError(f"{named}: expected the output folder of a sweep, got {runs}")
        # before anything is read, as the reader of its corpora may be in it
        require_other(output, [code])
        import_code(code)
        _report_training(runs, output, select or "last", corpus, gpu_id, curve)
    else:
        given = {"--select": select, "--corpus": corpus, "--curve": curve, "--code": code}
        if named := next((name for name, value in given.items() if value is not None), None):
            raise ValueError(
                f"{named}: expected the output folder of a training, with its {HISTORY}, got {runs}"
            )
        _report_sweep(runs, output, reference, question)


def _report_training(
    training: Path,
    output: Path | None,
    select: str,
    corpus: Path | None,
    gpu_id: int,
    curve: Path | None,
) -> None:
    from adaptive_spacy.files import require_other
    from adaptive_spacy.report.run.page import write_run
    from adaptive_spacy.training.messages import wrap

    # its own folder is where many want the page, beside its other files
    if output is not None and output.suffix == ".html":
        require_other(output, [corpus, training / "model-last", training / "model-best"])
    path, lines = write_run(
        training, output, select=select, corpus=corpus, gpu_id=gpu_id, curve=curve
    )
    for line in lines:
        typer.echo(wrap(line))
    typer.echo(f"✔ Saved to {path.as_posix()}")


def _report_sweep(
    runs: Path, output: Path | None, reference: str | None, question: str | None
) -> None:
    from adaptive_spacy.experiments.predictions import require_folder
    from adaptive_spacy.files import require_other

    require_other(output, [runs])
    require_folder(runs)
    try:
        from adaptive_spacy.report.write import write_report
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ValueError('report needs matplotlib: pip install "adaptive-spacy[plot]"') from None
    written = write_report(runs, output or runs / "report", reference=reference, question=question)
    for line in written.lines:
        typer.echo(line)
    for path in written.files[:2]:
        typer.echo(f"✔ Saved to {path.as_posix()}")
