"""Options that several commands have, and those of commands that have many: each declared once.

An alias is an option's type with its help; a command names its parameter and its default:

    def evaluate_cli(..., gpu_id: GpuId = -1) -> None:
"""

from pathlib import Path
from typing import Annotated

import typer

SCHEME_WORDS = "the tags mark entities: BIO (IOB2), IOB1, BILOU, BIOES, BMEWO, BMES, IO"

# --- of several commands ----------------------------------------------------------------------

#: Of `GpuId`, also where spaCy's short option is another name of it
GPU_HELP = "Number of the GPU, for which spaCy needs CuPy; -1: the processor."
GpuId = Annotated[int, typer.Option(min=-1, help=GPU_HELP)]
Code = Annotated[
    Path | None,
    typer.Option(
        "--code",
        "-c",
        metavar="FILE",
        help="Python file with functions of the config, or of the pipeline.",
        show_default=False,
    ),
]
Dataset = Annotated[str | None, typer.Option(help="The data set among them.")]
#: Processes side by side
MOST_JOBS = 1024
#: NumPy takes no higher one
MOST_SEED = 2**32 - 1

# --- convert: how the files are read ----------------------------------------------------------

#: An option that inputs may have different values of
EACH = "Of one input: INPUT=VALUE, as the path is given or named, or as its split; repeatable."

InputFormat = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]FORMAT",
        help=f"What the files are, see the list above. auto: what each is recognised as. {EACH}",
        show_default="auto",
    ),
]
Group = Annotated[
    str | None,
    typer.Option(
        metavar="sentences|documents|N",
        help="What becomes one doc: a sentence, a document (as -DOCSTART- rows divide it) or N "
        "sentences. Docs of several sentences keep where these start. brat: a line (a "
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
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]O|mask",
        help="Read rows without a tag as outside of entities (O) or as not annotated (mask: "
        "neither learnt nor scored). Without this option they are errors. INPUT as for --format.",
        show_default=False,
    ),
]
InputScheme = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]SCHEME",
        help=f"How {SCHEME_WORDS}, or bare "
        "for types without a prefix. auto: the one that fits the whole file. INPUT as for "
        "--format.",
        show_default="auto",
    ),
]
EntityType = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]NAME",
        help="The type of all entities, where tags have none, as B, I and O. INPUT as for "
        "--format.",
        show_default=False,
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
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]NAME",
        help="Encoding of the files, e.g. latin-1. INPUT as for --format.",
        show_default="utf-8",
    ),
]
Offsets = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]CONVENTION",
        help="JSON, PubTator, BioC: how the offsets of entities count: exclusive (characters from "
        "0, the end is the one after the last), inclusive (the end is the last), from-1, utf-16, "
        "or bytes. INPUT as for --format.",
        show_default="as the format has them",
    ),
]
SpansKey = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]KEY",
        help="JSON: the key of a record that holds its entities; Label Studio: the controls that "
        "mark them, with commas. INPUT as for --format.",
        show_default="the usual ones",
    ),
]
TokenColumn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]COLUMN",
        help="Column of the token, from 0; -1 is the last; or its name in a header. INPUT as for "
        "--format.",
        show_default="detected",
    ),
]
TagColumn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]COLUMN",
        help="Column of the tag, from 0; -1 is the last; or its name in a header, a key of MISC "
        "(CoNLL-U), LAYER.FEATURE (WebAnno). INPUT as for --format, e.g. dev.conll=3.",
        show_default="detected",
    ),
]
Join = Annotated[
    str | None,
    typer.Option(
        metavar="auto|''|' '",
        help="What stands between tokens: nothing ('') or a space. auto: what the file says; "
        "nothing in languages that are written so (zh, ja, th, lo, km, my, bo); else not known.",
        show_default="auto",
    ),
]
WhiteSpace = Annotated[
    str | None,
    typer.Option(
        metavar="keep|drop",
        help="What becomes of tokens of white space; their number is said.",
        show_default="keep",
    ),
]
Sentences = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Cut sentences of more than N tokens, for files that do not say where sentences "
        "end: at full stops and the like, and no entity.",
        show_default="as in the file",
    ),
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
    str, typer.Option(metavar="FORMAT", help="auto: as the name of OUTPUT ends; or one of these.")
]
OutputScheme = Annotated[
    str, typer.Option(metavar="SCHEME", help=f"Tokens with tags: how {SCHEME_WORDS} or bare.")
]
OutputLang = Annotated[
    str | None,
    typer.Option(
        metavar="LANG",
        help="Formats without tokens: the --lang with which convert will make them. Default: xx.",
        show_default=False,
    ),
]

# --- sweep: the axes of the grid --------------------------------------------------------------

AXIS = "Replace the grid's"
Approaches = Annotated[
    str | None,
    typer.Option(help=f"{AXIS} approaches: some of its names, or paths of configs: a,b."),
]
DataSets = Annotated[
    str | None, typer.Option(help=f"{AXIS} data sets: names, or FOLDER or FOLDER:LANG: a,b.")
]
Models = Annotated[
    str | None, typer.Option(help=f"{AXIS} models: names, folders or names of the hub: a,b.")
]
Fractions = Annotated[str | None, typer.Option(help=f"{AXIS} shares of train and dev: 0.1,1.")]
Labels = Annotated[
    str | None, typer.Option(help=f"{AXIS} numbers of labelled sentences, train and dev: 50,100.")
]
Seeds = Annotated[str | None, typer.Option(help=f"{AXIS} seeds: 1,2,3 or 1-5.")]

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
