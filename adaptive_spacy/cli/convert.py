"""`adaptive-spacy convert`: annotated files to .spacy files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adaptive_spacy.cli._util import one_line_errors

if TYPE_CHECKING:
    from adaptive_spacy.data.convert import Summary


def convert_cli(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files or folders: PATH joins the pool that --split divides, SPLIT=PATH goes to "
            "that split as a whole. Without --split each PATH becomes a split of its own, named "
            "like the file. With --datasets: the name of one data set.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Argument(
            metavar="OUTPUT",
            help="Folder for train.spacy, dev.spacy, ...; written only if all went well. A large "
            "split becomes a folder train of 000.spacy, 001.spacy, ...",
            show_default=False,
        ),
    ],
    format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="What the files are: conll; jsonl for JSON or JSONL of any tool, or one of them, "
            "e.g. prodigy, doccano, label-studio, spacy-v2; brat; hub for a data set of Hugging "
            "Face. auto: what each is recognised as.",
            show_default="auto",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="NAME=SHARE,...",
            help="Divide the pool, e.g. train=0.8,dev=0.1,test=0.1. All copies of a sentence go "
            "to the same split. What is missing to 1 is left out.",
            show_default=False,
        ),
    ] = None,
    stratify: Annotated[
        bool | None,
        typer.Option(
            "--stratify/--no-stratify",
            help="Divide the texts of each entity type by these shares, so that each type is in "
            "each split where it can; or only the pool as a whole.",
            show_default="stratify",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Another seed divides the pool differently.", show_default="0"),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            metavar="sentences|documents|N",
            help="CoNLL: what becomes one doc, a sentence, a document (divided by -DOCSTART- rows) "
            "or N sentences. Docs of several sentences keep where these start. brat: a line (a "
            "sentence), a text as a whole (a document) or N lines.",
            show_default="sentences; brat: documents",
        ),
    ] = None,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Mend illegal sequences of tags, offsets that cut tokens and entities that "
            "overlap (the longest is kept), and say how many of each. Otherwise they are errors.",
        ),
    ] = False,
    shard_size: Annotated[
        int | None,
        typer.Option(metavar="N", help="The most docs of one .spacy file.", show_default="100000"),
    ] = None,
    missing_tag: Annotated[
        str | None,
        typer.Option(
            metavar="O|mask",
            help="Read rows without a tag as outside of entities (O) or as not annotated (mask: "
            "neither learnt nor scored). Without this option they are errors.",
            show_default=False,
        ),
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(
            metavar="SCHEME",
            help="How the tags mark entities: BIO (IOB2), IOB1, BILOU, BIOES, BMEWO, IO, or bare "
            "for types without a prefix. auto: the one that fits the whole file.",
            show_default="auto",
        ),
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(
            help="Language code of the text, e.g. en; xx: any. With --datasets: that of the "
            "recipe, and another one is an error.",
            show_default="xx",
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="Encoding of the files, e.g. latin-1.", show_default="utf-8"),
    ] = None,
    token_column: Annotated[
        int | None,
        typer.Option(
            help="CoNLL: column of the token, from 0; -1 is the last.", show_default="detected"
        ),
    ] = None,
    tag_column: Annotated[
        int | None,
        typer.Option(
            help="CoNLL: column of the tag, from 0; -1 is the last.", show_default="detected"
        ),
    ] = None,
    datasets: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Take a data set from this file of recipes, e.g. assets/datasets.yml.",
            show_default=False,
        ),
    ] = None,
    raw: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="Folder of downloaded files: {raw} in the recipes."),
    ] = Path("assets/raw"),
) -> None:
    """Turn annotated text into spaCy's .spacy files.

    It reads CoNLL (a token and its tag per row), JSON and JSONL of annotation tools, brat's folders
    and data sets of Hugging Face, and says what it took each file for. What is broken is an error
    that names file and line; nothing is guessed, and nothing is written then.

    Divide one file:

        adaptive-spacy convert all.conll corpus --split train=0.8,dev=0.1,test=0.1

    Keep given splits:

        adaptive-spacy convert train=a.conll train=b.conll dev=c.conll corpus

    A data set with a recipe:

        adaptive-spacy convert wikigold corpus --datasets assets/datasets.yml
    """
    given: dict[str, Any] = {
        "format": format,
        "split": split,
        "stratify": stratify,
        "seed": seed,
        "group": group,
        "repair": repair or None,
        "shard_size": shard_size,
        "missing_tag": missing_tag,
        "scheme": scheme,
        "lang": lang,
        "encoding": encoding,
        "token_column": token_column,
        "tag_column": tag_column,
    }
    options = {name: value for name, value in given.items() if value is not None}
    with one_line_errors():
        import gc

        from adaptive_spacy.data.convert import Input, convert, parse_split
        from adaptive_spacy.data.datasets import convert_recipe

        # what spaCy's import made stays: the collector need not walk it again and again (a sixth
        # of the time for a large file)
        gc.freeze()
        if datasets is None:
            if split is not None:
                options["split"] = parse_split(split)
            files = [Input.parse(text) for text in inputs]
            summary = convert(files, output, progress=True, **options)
        elif options.keys() - {"lang"} or len(inputs) != 1:
            raise ValueError(
                "--datasets: expected NAME OUTPUT and no further option but --raw, as the recipe "
                f"says the rest; got {_list(inputs, options)}"
            )
        else:
            summary = convert_recipe(
                inputs[0], output, datasets=datasets, raw=raw, lang=lang, progress=True
            )
    _print(summary)


def _list(inputs: list[str], options: dict[str, Any]) -> str:
    return ", ".join([*inputs, *(f"--{name.replace('_', '-')}" for name in options)])


def _print(summary: "Summary") -> None:
    from wasabi import msg

    from adaptive_spacy.data.validation import DEV_NAMES, describe_noise

    for note in summary.notes():
        msg.info(note)
    aligns = ("l", *"r" * len(summary.splits))
    msg.table(summary.rows(), header=summary.header(), divider=True, aligns=aligns)
    for warning in summary.warnings():
        msg.warn(warning)
    for name in sorted(summary.splits.keys() & DEV_NAMES):
        split = summary.splits[name]
        if noise := describe_noise(name, documents=split.docs, entities=split.entities.total()):
            msg.warn(noise)
    msg.good(f"Written to {summary.output}")
