"""`adaptive-spacy watch`: the page of a training while it runs."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code, GpuId


def watch_cli(
    training: Annotated[
        Path,
        typer.Argument(help="Output folder of a training or of crossfit; it need not exist yet."),
    ],
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, help="On 127.0.0.1; 0: any that is free.", metavar="N"),
    ] = 0,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser of this machine.")
    ] = False,
    select: Annotated[
        str,
        typer.Option(metavar="last|best", help="The checkpoint that predicts in the end."),
    ] = "last",
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="Annotated sentences that it predicts then.",
            show_default="test.spacy beside dev, or dev",
        ),
    ] = None,
    code: Code = None,
    gpu_id: GpuId = -1,
) -> None:
    """Serve the page of a training on 127.0.0.1; it shows each evaluation by itself.

    In another terminal, before the training starts or at any time after. The
    training is left alone: only its files are read. While it runs, the page
    has its phases, rates, losses and scores; when it has ended, its model
    predicts the test set once, as for `report`, and the page says what to
    expect. Ctrl-C ends the watching (exit code 0), not the training.

    Only browsers of this machine get an answer; from another one, use a
    tunnel: ssh -L 8000:127.0.0.1:8000 MACHINE.

    \b
        adaptive-spacy watch training/mine --port 8000 --open
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.report.live.watch import watch
    from adaptive_spacy.training.messages import wrap

    import_code(code)
    watch(
        training,
        tell=lambda line: typer.echo(wrap(line)),
        port=port,
        open_page=open_page,
        select=select,
        corpus=corpus,
        gpu_id=gpu_id,
    )
