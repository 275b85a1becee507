"""`adaptive-spacy package`: a trained pipeline as a wheel."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code, Dataset, GpuId


def package_cli(
    pipeline: Annotated[Path, typer.Argument(help="Trained pipeline, e.g. training/x/model-last.")],
    output: Annotated[Path, typer.Argument(help="Folder for the wheels.")],
    name: Annotated[
        str | None,
        typer.Option(
            help="Name without language, e.g. sample_ner.", show_default="the data set's, and _ner"
        ),
    ] = None,
    version: Annotated[str, typer.Option(help="Version of the package.")] = "0.1.0",
    metrics: Annotated[
        Path | None,
        typer.Option(
            help="Scores to state: what `evaluate` wrote.",
            show_default="those on dev, from the training",
        ),
    ] = None,
    transformer: Annotated[
        Path | None, typer.Option(help="Folder of the transformer, whose licence is stated.")
    ] = None,
    datasets: Annotated[
        Path | None, typer.Option(help="Recipes that name source and licence of the data set.")
    ] = None,
    dataset: Dataset = None,
    author: Annotated[str | None, typer.Option(help="Who made the pipeline.")] = None,
    url: Annotated[str | None, typer.Option(help="Where more is said of it, https://...")] = None,
    email: Annotated[str | None, typer.Option(help="Whom to write to.")] = None,
    license: Annotated[
        str | None,
        typer.Option(
            help="Licence of the package, e.g. MIT.",
            show_default="those of data and transformer",
        ),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            help="What the packaged pipeline computes in: bfloat16 and float16 are faster on "
            "most devices that have them (auto knows of bfloat16), int8 on most processors without "
            "AMX. Shows what it costs and gives on --corpus, as far as the device of --gpu-id "
            "computes in it."
        ),
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Scored before and after, for --precision: dev.spacy.")
    ] = None,
    code: Code = None,
    gpu_id: GpuId = -1,
) -> None:
    """Build the wheel of a pipeline, and adaptive-spacy's own if the pipeline needs it.

    The file of --code becomes part of the package, which loads it.

    Both wheels install together:

    \b
        pip install --find-links packages en_sample_ner

    Faster on most processors without AMX; what that costs, and how much faster here:

    \b
        adaptive-spacy package training/x/model-last packages --name fast_ner \\
            --precision int8 --corpus corpus/x/dev.spacy
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.data.datasets import read_recipe
    from adaptive_spacy.files import require_other
    from adaptive_spacy.serving.package import package

    require_other(output, [pipeline, metrics, transformer, datasets, corpus, code])
    if (datasets is None) != (dataset is None):
        raise ValueError("--datasets and --dataset: expected both or neither, got one")
    if (precision is None) != (corpus is None):
        raise ValueError("--precision and --corpus: expected both or neither, got one")
    if gpu_id >= 0 and precision is None:
        raise ValueError("--gpu-id: expected --precision beside it, whose scores it computes")
    if precision is not None and metrics is not None:
        raise ValueError(
            "--metrics and --precision: expected one of them; with --precision the package states "
            "the scores on --corpus"
        )
    import_code(code)
    cost = None
    if precision is not None and corpus is not None:
        from adaptive_spacy.serving.precision import measure_precision

        cost = measure_precision(pipeline, corpus, precision, gpu_id=gpu_id)
        scores = cost.describe()["ents_f"]
        typer.echo(
            f"F1 on {corpus}: {_share(scores['before'])} as trained, {_share(scores['after'])} in "
            f"{precision}"
        )
        if doubts := cost.doubts():
            warn(doubts)
        if speed := cost.describe_speed():
            typer.echo(speed)
        if cost.is_in_vain():
            warn(f"{precision} is no faster on this machine; package it only for such as it is on")
    recipe = read_recipe(dataset, datasets=datasets, raw="") if datasets and dataset else None
    wheels = package(
        pipeline,
        output,
        name=name,
        version=version,
        metrics=metrics,
        transformer=transformer,
        dataset=recipe,
        cost=cost,
        code=code,
        about={"author": author, "url": url, "email": email, "license": license},
        warn=warn,
    )
    for wheel in wheels:
        typer.echo(f"✔ {wheel} ({wheel.stat().st_size / 1e6:.1f} MB)")


def warn(line: str) -> None:
    """Show what speaks against using a pipeline."""
    typer.secho(f"⚠ {line}", fg=typer.colors.YELLOW, err=True)


def _share(number: float | None) -> str:
    # of a corpus without entities in which none is found there is no F1
    return "-" if number is None else f"{number:.4f}"
