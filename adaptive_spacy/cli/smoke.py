"""`adaptive-spacy smoke-test`: does the wheel do what the trained folder does?"""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code


def smoke_test_cli(
    packages: Annotated[Path, typer.Argument(help="Folder of wheels.")],
    pipeline: Annotated[Path, typer.Option(help="Folder that the wheel was built from.")],
    texts: Annotated[
        Path,
        typer.Option(help="A .spacy file or a folder of them, whose first 50 texts are compared."),
    ],
    name: Annotated[
        str | None,
        typer.Argument(
            help="Package to load, with its language or without: en_sample_ner, sample_ner.",
            show_default="the only one",
        ),
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="Its version.", show_default="the newest")
    ] = None,
    output: Annotated[Path, typer.Option(help="Where the result goes as JSON.")] = Path(
        "metrics/smoke-test.json"
    ),
    code: Code = None,
) -> None:
    """Install a wheel into an empty folder, load it by name without network, and compare.

    Exit code 1 if it does not load, finds other entities than the trained
    folder, or states confidences that are not in [0, 1]. Warns where neither
    finds any entity, as that shows nothing but that the wheel loads.
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.files import require_other
    from adaptive_spacy.serving.smoke import smoke_test

    require_other(output, [packages, pipeline, texts, code])
    import_code(code)
    result = smoke_test(packages, name, pipeline, texts, output, version=version)
    typer.echo(
        f"✔ {result['wheel']}: the same {result['entities']} entities in {result['texts']} "
        f"texts, loaded as {result['package']} in {result['seconds_to_load']} s"
    )
