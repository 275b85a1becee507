"""`adaptive-spacy configure`: the config of one training, with nothing left to override."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Dataset


def configure_cli(
    context: typer.Context,
    config: Annotated[Path, typer.Argument(help="Config of a method: configs/adaptive.cfg.")],
    output: Annotated[Path, typer.Argument(help="The config to write.")],
    corpus: Annotated[Path, typer.Option(help="Folder of train.spacy and dev.spacy.")],
    datasets: Annotated[
        Path | None, typer.Option(help="Recipes that name the language of the data set.")
    ] = None,
    dataset: Dataset = None,
    lang: Annotated[
        str | None,
        typer.Option(
            help="Language code. auto: that of the recipe, and another one is an error.",
            show_default="auto; without a recipe that of the config",
        ),
    ] = None,
) -> None:
    """Write the config of one training: paths, language and settings filled in.

    Settings of the config are given as in `spacy train`, e.g. --variables.rate 5e-5.

    \b
        adaptive-spacy configure configs/adaptive.cfg mine.cfg \\
            --corpus corpus/mine --datasets assets/datasets.yml --dataset mine \\
            --variables.rate 5e-5
        adaptive-spacy check mine.cfg
        python -m spacy train mine.cfg --output training/mine
    """
    from adaptive_spacy.data.datasets import AUTO, read_recipe
    from adaptive_spacy.files import require_other
    from adaptive_spacy.training.configuration import configure

    require_other(output, [config, corpus, datasets])
    if (datasets is None) != (dataset is None):
        raise ValueError("--datasets and --dataset: expected both or neither, got one")
    if datasets is not None and dataset is not None:
        lang = read_recipe(dataset, datasets=datasets, raw="").settle_lang(lang)
    elif lang == AUTO:
        lang = None
    configure(config, output, list(context.args), corpus=corpus, lang=lang)
    typer.echo(f"✔ {output}")
