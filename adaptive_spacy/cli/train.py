"""`adaptive-spacy train`: a training that can be broken off anywhere."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import GPU_HELP, Code


def train_cli(
    context: typer.Context,
    config: Annotated[Path, typer.Argument(help="The config that is trained.")],
    output: Annotated[
        Path,
        typer.Option("--output", "--output-path", "-o", help="Folder for the models."),
    ],
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on where the training in --output was broken off, if one was."
        ),
    ] = False,
    force: Annotated[
        bool,
        typer.Option(help="Go on although config, data or versions have changed since."),
    ] = False,
    code: Code = None,
    gpu_id: Annotated[int, typer.Option("--gpu-id", "-g", min=-1, help=GPU_HELP)] = -1,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-V", "-VV", help="Show what spaCy logs.")
    ] = False,
    save_steps: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Save the training every so many updates. Otherwise it is saved at its "
            "evaluations, as long as that takes at most 5 % of its time.",
            show_default=False,
        ),
    ] = None,
    save_minutes: Annotated[
        float | None,
        typer.Option(
            min=0.0, help="Save it whenever the last time is so long ago.", show_default=False
        ),
    ] = None,
) -> None:
    """Train a config as `spacy train` does, to the same model, bit for bit; but whatever breaks the
    training off, --resume goes on with it, and it ends as if nothing had happened.

    Settings of the config can be overridden as in `spacy train`, e.g. --paths.train a.spacy.

    Ctrl-C and SIGTERM end the training after its step, and save it (exit code 130 or 143); a second
    one ends it at once. There is always a whole model-best, once there was one. What a former
    training left in --output is kept in its folder `former` until there is a better model. What is
    promised, and how it is tested, is in docs/reliability.md.

    \b
        adaptive-spacy train configs/adaptive.cfg --output training --resume \\
            --paths.train train.spacy --paths.dev dev.spacy
    """
    import logging

    from spacy.util import logger

    from adaptive_spacy.files import require_other
    from adaptive_spacy.training.resume.pace import Pace
    from adaptive_spacy.training.resume.start import Asked, start

    require_other(output, [config, code])
    if verbose:
        logger.setLevel(logging.DEBUG)
    signal = start(
        config,
        output,
        list(context.args),
        asked=Asked(resume, force),
        code=code,
        gpu_id=gpu_id,
        pace=Pace(steps=save_steps, minutes=save_minutes),
    )
    if signal is not None:
        raise typer.Exit(128 + signal)
