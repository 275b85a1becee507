"""`adaptive-spacy convert`: annotated files to .spacy files."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adaptive_spacy.cli import options

if TYPE_CHECKING:
    from adaptive_spacy.data.converted import Converted


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
    format: options.InputFormat = None,
    split: options.SplitShares = None,
    stratify: options.Stratify = None,
    seed: options.SplitSeed = None,
    group: options.Group = None,
    repair: options.Repair = False,
    shard_size: options.ShardSize = None,
    missing_tag: options.MissingTag = None,
    scheme: options.InputScheme = None,
    type: options.EntityType = None,
    lang: options.TextLang = None,
    encoding: options.Encoding = None,
    offsets: options.Offsets = None,
    spans_key: options.SpansKey = None,
    token_column: options.TokenColumn = None,
    tag_column: options.TagColumn = None,
    join: options.Join = None,
    white_space: options.WhiteSpace = None,
    sentences: options.Sentences = None,
    datasets: options.Recipes = None,
    raw: options.RawFolder = Path("assets/raw"),
) -> None:
    """Turn annotated text into spaCy's .spacy files.

    It says what it took each file for. What is broken is an error that names file and line; nothing
    is guessed, and nothing is written then. docs/data.md tells of each format:

    \b
    conll             Ada B-PER
    conllu            1 Ada Ada PROPN _ _ 2 nsubj _ NE=B-PER|SpaceAfter=No
    conll-2012        bc/a 0 0 Ada NNP (TOP* - - - - (PERSON) -
    csv               Sentence: 1,Ada,NNP,B-PER
    lines             Ada|NNP|B-PER sings|VBZ|O
    webanno           1-1 0-3 Ada * PER[1]
    prodigy           {"text": "Ada sings", "spans": [{"start": 0, "end": 3, "label": "PER"}]}
    label-studio      [{"data": {"text": "Ada"}, "annotations": [{"result": [...]}]}]
    label-studio-min  [{"text": "Ada", "ner": [{"start": 0, ...}], "annotation_id": 2}]
    spacy-v2          ["Ada sings", {"entities": [[0, 3, "PER"]]}]
    spacy-v2-json     [{"paragraphs": [{"sentences": [{"tokens": [...]}]}]}]
    bioc-json         {"documents": [{"passages": [{"offset": 0, "text": "Ada", ...}]}]}
    dygie             {"sentences": [["Ada", "sings"]], "ner": [[[0, 0, "PER"]]]}
    token-entities    {"tokenized_text": ["Ada", "sings"], "ner": [[0, 0, "PER"]]}
    tokens            {"tokens": ["Ada", "sings"], "ner_tags": ["B-PER", "O"]}
    dataturks         {"content": "Ada", "annotation": [{"label": ["PER"], "points": [...]}]}
    types             {"text": "Ada sings", "label": {"PER": {"Ada": [[0, 2]]}}}
    doccano           {"text": "Ada sings", "label": [[0, 3, "PER"]]}
    entities          {"text": "Ada", "entities": [{"start": 0, "end": 3, "label": "PER"}]}
    jsonl             JSON or JSONL, one of these by its first record
    python            TRAIN_DATA = [("Ada sings", {"entities": [(0, 3, "PER")]})]
    csv-records       text,entities  and rows of  Ada,"[[0, 3, ""PER""]]"
    pubtator          1|t|Ada sings
    bioc              <collection><document><passage>...
    rasa              nlu: - intent: x, examples: - I am [Ada](PER)
    opennlp           <START:PER> Ada <END> sings .
    inline-tags       <PER>Ada</PER> sings
    links             [Ada](PER) sings  or  ["[Ada](PER) sings", "So does Bob"]
    braces            {{PER:Ada}} sings
    brat              a folder of .txt and .ann, or .a1 and .a2
    hub, hub-records  a data set of Hugging Face: tokens and tags, or texts and entities

    Divide one file:

    \b
        adaptive-spacy convert all.conll corpus --split train=0.8,dev=0.1,test=0.1

    Keep given splits:

    \b
        adaptive-spacy convert train=a.conll train=b.conll dev=c.conll corpus

    A data set with a recipe:

    \b
        adaptive-spacy convert wikigold corpus --datasets assets/datasets.yml
    """
    given: dict[str, Any] = {
        "split": split,
        "stratify": stratify,
        "seed": seed,
        "group": group,
        "repair": repair or None,
        "shard_size": shard_size,
        "lang": lang,
        "join": join,
        "white_space": white_space,
        "sentences": sentences,
    }
    # several inputs may have a value each
    each: dict[str, list[str] | None] = {
        "format": format,
        "missing_tag": missing_tag,
        "scheme": scheme,
        "type": type,
        "encoding": encoding,
        "offsets": offsets,
        "spans_key": spans_key,
        "token_column": token_column,
        "tag_column": tag_column,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    import gc

    from adaptive_spacy.data.convert import convert
    from adaptive_spacy.data.datasets import convert_recipe
    from adaptive_spacy.data.input import Input, set_options
    from adaptive_spacy.data.shares import parse_split
    from adaptive_spacy.files import require_other

    # what spaCy's import made stays: the collector need not walk it again and again (a sixth
    # of the time for a large file)
    gc.freeze()
    if datasets is None:
        if split is not None:
            chosen["split"] = parse_split(split)
        elif idle := [name for name in ("seed", "stratify") if name in chosen]:
            names = ["no_stratify" if chosen[name] is False else name for name in idle]
            raise ValueError(
                f"{_list([], names)}: expected --split too, without which nothing is divided"
            )
        files, common = set_options([Input.parse(text) for text in inputs], each)
        chosen.update(common)
        require_other(output, [one.path for one in files])
        summary = convert(files, output, progress=True, **chosen)
    elif (others := chosen.keys() | {name for name in each if each[name]}) - {"lang"} or (
        len(inputs) != 1
    ):
        raise ValueError(
            "--datasets: expected NAME OUTPUT and no further option but --raw, as the recipe "
            f"says the rest; got {_list(inputs, others)}"
        )
    else:
        require_other(output, [datasets, raw])
        summary = convert_recipe(
            inputs[0], output, datasets=datasets, raw=raw, lang=lang, progress=True
        )
    _print(summary)


def _list(inputs: list[str], chosen: Iterable[str]) -> str:
    return ", ".join([*inputs, *(f"--{name.replace('_', '-')}" for name in sorted(chosen))])


def _print(summary: "Converted") -> None:
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
