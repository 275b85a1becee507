"""`adaptive-spacy check`: the pre-flight of a training."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import GPU_HELP, Code

#: For `app.command`: what is not known here overrides the config, as in `spacy train`
SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}


def check_cli(
    context: typer.Context,
    config: Annotated[Path, typer.Argument(help="The config that is about to be trained.")],
    no_forecast: Annotated[
        bool, typer.Option("--no-forecast", help="Only check; time no steps.")
    ] = False,
    tolerance: Annotated[
        float,
        typer.Option(
            help="Share of documents or entities above which what touches single ones is an error."
        ),
    ] = 0.05,
    code: Code = None,
    gpu_id: Annotated[int, typer.Option("--gpu-id", "-g", min=-1, help=GPU_HELP)] = -1,
) -> None:
    """Check config and data together before a training, and forecast what it costs.

    Settings of the config can be overridden as in `spacy train`, e.g. --paths.train a.spacy.

    Errors, with exit code 1, would spoil the training: faults of the config; an empty corpus, or
    one without entities; entities that do not fit the tokens; types that only dev has; an
    evaluation interval, a patience or an end that cuts a phase; more word pieces than the
    transformer has positions for.

    Errors above --tolerance, and warnings below: texts of dev that are in train too (public data
    sets have some), entities of types that dev has none of, entities that no window of the
    transformer holds, windows of more word pieces than it takes, what max_length or the batcher
    drop. Warnings: types with fewer than 10 examples, rounds that are far from an epoch though
    nothing bounds them in updates, a rate that ends before or after the training.

    The forecast takes a few real steps on a pipeline that is thrown away: steps per epoch, the
    fewest and the most epochs, minutes on this machine without the time to save models, memory.

    \b
        adaptive-spacy check configs/adaptive.cfg \\
            --paths.train train.spacy --paths.dev dev.spacy
    """
    from adaptive_spacy.training.checks.report import get_ready

    report = get_ready(
        config,
        list(context.args),
        tolerance=tolerance,
        with_forecast=not no_forecast,
        code=code,
        gpu_id=gpu_id,
        progress=True,
    )
    for line in report.findings.errors:
        typer.secho(f"✘ {line}", fg=typer.colors.RED)
    for line in report.findings.warnings:
        typer.secho(f"⚠ {line}", fg=typer.colors.YELLOW)
    if report.forecast is not None:
        from wasabi import table

        typer.echo(table(report.forecast.rows()))
    elif report.precision is not None:
        typer.echo(f"ℹ The transformer computes in {report.precision} here")
    errors, warned = len(report.findings.errors), len(report.findings.warnings)
    if errors:
        typer.echo(f"{errors} errors, {warned} warnings; mend the errors before you train")
        raise typer.Exit(1)
    typer.echo(f"✔ Ready to train, {warned} warnings")
