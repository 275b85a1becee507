"""`adaptive-spacy plot`: a training as one figure."""

from pathlib import Path
from typing import Annotated

import typer


def plot_cli(
    training: Annotated[
        Path,
        typer.Argument(help="Output folder of a training, or the history.jsonl that it holds."),
    ],
    output: Annotated[
        Path,
        typer.Argument(
            help="The figure's path without suffix, e.g. plots/wikigold; in a folder that "
            "exists the figure is called training."
        ),
    ],
) -> None:
    """Draw learning rate, losses and validation score of a training, as PNG and SVG.

    Shaded bands show the phases: warm-up, constant rate, cool-down. A training
    that is still running can be drawn too.
    """
    try:
        from adaptive_spacy.report.training_figure import plot
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ValueError('plot needs matplotlib: pip install "adaptive-spacy[plot]"') from None
    from adaptive_spacy.files import require_other
    from adaptive_spacy.training.history import HISTORY

    # its own folder is where many want the figure, beside its other files
    require_other(output, [training if training.is_file() else training / HISTORY])
    for path in plot(training, output):
        typer.echo(f"✔ Saved to {path.as_posix()}")
