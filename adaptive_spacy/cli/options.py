"""Options that several commands have, and those of commands that have many: each declared once.

An alias is an option's type with its help; a command names its parameter and its default:

    def evaluate_cli(..., gpu_id: GpuId = -1) -> None:
"""

from pathlib import Path
from typing import Annotated

import typer

SCHEME_WORDS = "the tags mark entities: BIO (IOB2), IOB1, BILOU, BIOES, BMEWO, IO"

# --- of several commands ----------------------------------------------------------------------

GpuId = Annotated[int, typer.Option(help="Number of the GPU; -1: the processor.")]
Dataset = Annotated[str | None, typer.Option(help="The data set among them.")]
#: Processes side by side
MOST_JOBS = 1024

# --- convert: how the files are read ----------------------------------------------------------

InputFormat = Annotated[
    str | None,
    typer.Option(
        metavar="FORMAT",
        help="What the files are, see the list above. auto: what each is recognised as.",
        show_default="auto",
    ),
]
Group = Annotated[
    str | None,
    typer.Option(
        metavar="sentences|documents|N",
        help="CoNLL: what becomes one doc, a sentence, a document (divided by -DOCSTART- rows) "
        "or N sentences. Docs of several sentences keep where these start. brat: a line (a "
        "sentence), a text as a whole (a document) or N lines.",
        show_default="sentences; brat: documents",
    ),
]
Repair = Annotated[
    bool,
    typer.Option(
        "--repair",
        help="Mend illegal sequences of tags, offsets that cut tokens and entities that "
        "overlap (the longest is kept), and say how many of each. Otherwise they are errors.",
    ),
]
MissingTag = Annotated[
    str | None,
    typer.Option(
        metavar="O|mask",
        help="Read rows without a tag as outside of entities (O) or as not annotated (mask: "
        "neither learnt nor scored). Without this option they are errors.",
        show_default=False,
    ),
]
InputScheme = Annotated[
    str | None,
    typer.Option(
        metavar="SCHEME",
        help=f"How {SCHEME_WORDS}, or bare "
        "for types without a prefix. auto: the one that fits the whole file.",
        show_default="auto",
    ),
]
TextLang = Annotated[
    str | None,
    typer.Option(
        help="Language code of the text, e.g. en; xx: any. With --datasets: that of the "
        "recipe, and another one is an error.",
        show_default="xx",
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help="Encoding of the files, e.g. latin-1.", show_default="utf-8")
]
Offsets = Annotated[
    str | None,
    typer.Option(
        metavar="CONVENTION",
        help="JSON: how the offsets of entities count: exclusive (characters from 0, the end is "
        "the one after the last), inclusive (the end is the last), from-1, utf-16, or bytes.",
        show_default="as the format has them",
    ),
]
SpansKey = Annotated[
    str | None,
    typer.Option(
        metavar="KEY",
        help="JSON: the key of a record that holds its entities; Label Studio: the controls that "
        "mark them, with commas.",
        show_default="the usual ones",
    ),
]
TokenColumn = Annotated[
    int | None,
    typer.Option(
        help="CoNLL: column of the token, from 0; -1 is the last.", show_default="detected"
    ),
]
TagColumn = Annotated[
    int | None,
    typer.Option(help="CoNLL: column of the tag, from 0; -1 is the last.", show_default="detected"),
]

# --- convert: what is made of them ------------------------------------------------------------

SplitShares = Annotated[
    str | None,
    typer.Option(
        metavar="NAME=SHARE,...",
        help="Divide the pool, e.g. train=0.8,dev=0.1,test=0.1. All copies of a sentence go "
        "to the same split. What is missing to 1 is left out.",
        show_default=False,
    ),
]
Stratify = Annotated[
    bool | None,
    typer.Option(
        "--stratify/--no-stratify",
        help="Divide the texts of each entity type by these shares, so that each type is in "
        "each split where it can; or only the pool as a whole.",
        show_default="stratify",
    ),
]
SplitSeed = Annotated[
    int | None, typer.Option(help="Another seed divides the pool differently.", show_default="0")
]
ShardSize = Annotated[
    int | None,
    typer.Option(metavar="N", help="The most docs of one .spacy file.", show_default="100000"),
]
Recipes = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Take a data set from this file of recipes, e.g. assets/datasets.yml.",
        show_default=False,
    ),
]
RawFolder = Annotated[
    Path,
    typer.Option(metavar="FOLDER", help="Folder of downloaded files: {raw} in the recipes."),
]

# --- export -----------------------------------------------------------------------------------

OutputFormat = Annotated[
    str, typer.Option(metavar="conll|jsonl", help="auto: as the name of OUTPUT ends.")
]
OutputScheme = Annotated[
    str, typer.Option(metavar="SCHEME", help=f"CoNLL: how {SCHEME_WORDS} or bare.")
]

# --- sweep: the axes of the grid --------------------------------------------------------------

AXIS = "Replace the grid's"
Approaches = Annotated[
    str, typer.Option(help=f"{AXIS} approaches: some of its names, or paths of configs: a,b.")
]
DataSets = Annotated[
    str, typer.Option(help=f"{AXIS} data sets: names, or FOLDER or FOLDER:LANG: a,b.")
]
Models = Annotated[
    str, typer.Option(help=f"{AXIS} models: names, folders or names of the hub: a,b.")
]
Fractions = Annotated[str, typer.Option(help=f"{AXIS} shares of train and dev: 0.1,1.")]
Labels = Annotated[
    str, typer.Option(help=f"{AXIS} numbers of labelled sentences, train and dev: 50,100.")
]
Seeds = Annotated[str, typer.Option(help=f"{AXIS} seeds: 1,2,3 or 1-5.")]

# --- sweep: how the jobs are run --------------------------------------------------------------

SideBySide = Annotated[
    int, typer.Option(min=1, max=MOST_JOBS, help="Jobs side by side, each a process.")
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Threads of each job; part of what the job is.")
]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="[ADDRESS]",
        help="Run the jobs on a Ray cluster: its address; auto, the one of this machine; local "
        "starts one. Without an address: the one of this machine, or a new one.",
    ),
]
RayShared = Annotated[
    bool,
    typer.Option(
        help="The cluster's nodes see the same paths; else data and model are sent to them."
    ),
]
Checkpoints = Annotated[
    str, typer.Option(help="dropped: no model is ever written; kept: the selected ones are.")
]
RetryFailed = Annotated[bool, typer.Option(help="Run jobs that failed again.")]
