"""`adaptive-spacy report`: what a sweep found."""

from pathlib import Path
from typing import Annotated

import typer


def report_cli(
    runs: Annotated[Path, typer.Argument(help="Output folder of a sweep.")],
    output: Annotated[
        Path | None, typer.Option(help="Folder for the report; RUNS/report if not given.")
    ] = None,
    reference: Annotated[
        str, typer.Option(help="The approach that the others are tested against.")
    ] = "adaptive",
    question: Annotated[
        str | None,
        typer.Option(
            help="epochs: compare one adaptive run with a search over fixed numbers of epochs, "
            "of configs/experiments/epochs.yml. budget: compare approaches at numbers of labelled "
            "sentences, of configs/experiments/budget.yml."
        ),
    ] = None,
) -> None:
    """Compare the approaches of a sweep: tables, tests, figures, and a page.

    Writes report.md, figures as PNG and SVG, and report.html, which opens from
    disk without network. Can be run while the sweep is running. A difference
    is called real only where a paired permutation test over seeds says so,
    adjusted for the number of tests.
    """
    try:
        from adaptive_spacy.report.write import write_report
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ValueError('report needs matplotlib: pip install "adaptive-spacy[plot]"') from None
    from adaptive_spacy.files import require_other
    from adaptive_spacy.report.comparison_text import describe_findings, describe_sources

    require_other(output, [runs])
    comparison, files = write_report(
        runs, output or runs / "report", reference=reference, question=question
    )
    for line in (*describe_sources(comparison), *describe_findings(comparison, "last")):
        typer.echo(line)
    for path in files[:2]:
        typer.echo(f"✔ Saved to {path.as_posix()}")
