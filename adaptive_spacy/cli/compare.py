"""`adaptive-spacy compare`: several pipelines on the same sentences."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code, GpuId


def compare_cli(
    pipelines: Annotated[
        list[str],
        typer.Argument(
            help="Trained pipelines: folders, packages, or trainings, of which the last checkpoint "
            "is taken. The others are compared with the first one."
        ),
    ],
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="Annotated sentences: a .spacy file or a folder of them.",
            show_default="the first one's test set, or dev",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the page goes, e.g. reports/compared.html.")
    ] = None,
    code: Code = None,
    gpu_id: GpuId = -1,
) -> None:
    """Show which entities one model finds and another misses, and whether it is by chance.

    All predict the same sentences. The gap in F1 comes with an interval, by a
    paired bootstrap over these sentences, and a p-value, by exchanging what
    two models say of a sentence, adjusted for the number of models. Neither
    says anything of another training of the same model: for that, train
    several seeds (adaptive-spacy sweep).

    \b
        adaptive-spacy compare training/old training/new \\
            --output reports/compared.html
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.files import require_other
    from adaptive_spacy.report.rivals.models import compare_models
    from adaptive_spacy.report.rivals.page import describe_rivalry, render_rivalry, write_rivalry
    from adaptive_spacy.training.messages import wrap

    require_other(output, [corpus, code, *pipelines])
    if output is not None and (output.is_dir() or output.suffix != ".html"):
        raise ValueError(f"--output: expected a file whose name ends in .html, got {output}")
    import_code(code)
    rivalry = compare_models(pipelines, corpus=corpus, gpu_id=gpu_id)
    typer.echo(render_rivalry(rivalry))
    for line in describe_rivalry(rivalry):
        typer.echo(wrap(line))
    if output is not None:
        write_rivalry(rivalry, output)
        typer.echo(f"✔ Saved to {output.as_posix()}")
