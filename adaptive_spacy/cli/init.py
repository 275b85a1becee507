"""`adaptive-spacy init`: adaptive fine-tuning for any spaCy config."""

from pathlib import Path
from typing import Annotated

import typer


def init_cli(
    config: Annotated[
        Path,
        typer.Argument(help="A training config of spaCy, e.g. from `spacy init config`."),
    ],
    output: Annotated[
        str,
        typer.Argument(help="Where the new config goes; -: standard output.", show_default=True),
    ] = "-",
    monitor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC[=WEIGHT],...",
            help="What tells when to cool down, e.g. ents_loss. Given twice: a round is better "
            "if either is. Default: the main score, [training.score_weights].",
            show_default=False,
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            help="Highest learning rate. Default: the highest of the config's own schedule.",
            show_default=False,
        ),
    ] = None,
    max_epochs: Annotated[
        int | None,
        typer.Option(
            help="Epochs after which the training ends in any case. Default: 1000, or the config's "
            "if that is more or it is adaptive already.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", "-F", help="Replace OUTPUT if it exists.")
    ] = False,
) -> None:
    """Add the adaptive blocks to a spaCy config, whatever it trains.

    The learning rate warms up to the highest rate of the config, stays there as long as the
    monitor improves, and cools down; the training ends by itself. Added are the schedule, the
    callback that tells it each evaluation, one evaluation per epoch (but after 8 updates at least
    and 500 at most), the end of the training, the check before it, and a logger that shows the
    phases in place of spaCy's. Existing callbacks, batchers and other loggers are kept. Comments of
    the config are lost. A second init changes nothing but what it is asked for.

    Take a validation loss as the monitor where a pipe reports one, as transformer_ner does with
    ents_loss: it turns earlier and is smoother than a score. The losses in spaCy's table are
    training losses and tell nothing. A score can stand still at 0 in the first epochs, so without a
    loss two rounds without improvement are forgiven (patience = 2). A training makes 200 updates at
    least (least = 200), as few sentences tell too early that nothing improves.

    \b
        spacy init config textcat.cfg --pipeline textcat

    \b
        adaptive-spacy init textcat.cfg adaptive.cfg

    \b
        spacy train adaptive.cfg --output training \\
            --paths.train a.spacy --paths.dev b.spacy
    """
    from adaptive_spacy.config.insertion import init
    from adaptive_spacy.config.monitor import parse_monitors

    text, done = init(
        config,
        None if output == "-" else Path(output),
        monitor=parse_monitors(monitor or []),
        rate=rate,
        max_epochs=max_epochs,
        force=force,
    )
    if output == "-":
        typer.echo(text)
    # beside a config on standard output the list must not go there
    for line in done or ["The config has all adaptive blocks already"]:
        typer.echo(f"✔ {line}", err=output == "-")
    if output != "-":
        typer.echo(f"✔ Saved to {Path(output).as_posix()}")
