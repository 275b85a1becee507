"""`adaptive-spacy refit`: the model to ship."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code, GpuId


def refit_cli(
    run: Annotated[
        Path,
        typer.Argument(help="Output folder of an adaptive training, or a job's folder of a sweep."),
    ],
    output: Annotated[Path, typer.Option(help="Folder for the model, e.g. training/refit.")],
    test: Annotated[
        Path | None,
        typer.Option(
            help="A .spacy file or a folder of them to score the model on, not seen by the run."
        ),
    ] = None,
    code: Code = None,
    gpu_id: GpuId = -1,
) -> None:
    """Train on train and dev together, as long as an adaptive run found.

    The run's curve of the learning rate is repeated without feedback, with as
    many rounds and the same cool-down. dev is learnt from, so its scores are
    marked as seen and select nothing: model-last is the model to ship, and its
    meta.json and package say how it was made. refit.json records both.
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.experiments.refit import refit
    from adaptive_spacy.files import require_other
    from adaptive_spacy.training.calibration import percent

    require_other(output, [run, test, code])
    import_code(code)
    record = refit(run, output, test=test, gpu_id=gpu_id)
    about = record["refit"]
    sentences = about["sentences"]
    typer.echo(
        f"✔ {output / 'model-last'}: {about['total']} rounds on {sentences['train']} + "
        f"{sentences['dev']} sentences"
    )
    if about["test"]:
        typer.echo(f"Test F1 {percent(about['test']['f1'])}")
