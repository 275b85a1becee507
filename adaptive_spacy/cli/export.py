"""`adaptive-spacy export`: .spacy files back to any format that `convert` reads."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli import options


def export_cli(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A .spacy file, or the folder of 000.spacy, 001.spacy, ... of a large split.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Argument(
            metavar="OUTPUT",
            help="The file to write, e.g. train.conll or train.jsonl; of brat a new folder.",
            show_default=False,
        ),
    ],
    format: options.OutputFormat = "auto",
    scheme: options.OutputScheme = "BIO",
    lang: options.OutputLang = None,
) -> None:
    """Write .spacy files as text that people and other tools read.

    What was written is read again as `convert` does it, and must give the same docs, as far as
    docs/data.md says what a format holds; what it cannot hold is an error that names the doc.
    Formats, each with a line of it:

    \b
    conll             Ada B-PER
    conllu            1 Ada _ _ _ _ _ _ _ NE=B-PER
    conll-2012        export 0 0 Ada - - - - - - (PER) -
    csv               1,Ada,B-PER  below  sentence_id,token,ner_tag
    lines             Ada|B-PER sings|O
    webanno           1-1 0-3 Ada * PER
    jsonl, prodigy    {"text": "Ada sings", "tokens": [...], "spans": [...], ...}
    label-studio      {"id": 1, "data": {"text": "Ada sings"}, "annotations": [...]}
    label-studio-min  {"id": 1, "text": "Ada sings", "label": [...], "annotation_id": 1}
    spacy-v2          ["Ada sings", {"entities": [[0, 3, "PER"]]}]
    spacy-v2-json     {"id": 0, "paragraphs": [{"sentences": [{"tokens": [...]}]}]}
    bioc-json         {"id": "1", "passages": [{"offset": 0, "text": "Ada sings", ...}]}
    dygie             {"doc_key": "1", "sentences": [["Ada", "sings"]], "ner": [[[0, 0, "PER"]]]}
    token-entities    {"tokenized_text": ["Ada", "sings"], "ner": [[0, 0, "PER"]]}
    tokens            {"tokens": ["Ada", "sings"], "ner_tags": ["B-PER", "O"]}
    dataturks         {"content": "Ada sings", "annotation": [{"label": ["PER"], "points": ...}]}
    types             {"text": "Ada sings", "label": {"PER": {"Ada": [[0, 2]]}}}
    doccano           {"id": 1, "text": "Ada sings", "label": [[0, 3, "PER"]]}
    entities          {"text": "Ada sings", "entities": [{"start": 0, "end": 3, ...}]}
    csv-records       Ada sings,"[[0,3,""PER""]]"  below  text,entities
    python            TRAIN_DATA = [('Ada sings', {'entities': [(0, 3, 'PER')]}), ...]
    pubtator          1|t|Ada sings  and  1 0 3 Ada PER
    bioc              <document>...<passage><offset>0</offset><text>Ada sings</text>...
    rasa              - [Ada](PER) sings  below  - intent: export  and  examples:
    opennlp           <START:PER> Ada <END> sings
    inline-tags       <PER>Ada</PER> sings
    links             [Ada](PER) sings
    braces            {{PER:Ada}} sings
    brat              a folder of .txt and .ann:  T1 PER 0 3 Ada
    hub, hub-records  parquet (extra hub): tokens and ner_tags, or text and entities

    For example:

    \b
        adaptive-spacy export corpus/train.spacy train.conll

    \b
        adaptive-spacy export corpus/train train.jsonl

    \b
        adaptive-spacy export corpus/train.spacy tasks.json \\
            --format label-studio --lang en
    """
    from adaptive_spacy.data.export import export

    exported = export(path, output, format=format, scheme=scheme, lang=lang, progress=True)

    from wasabi import msg

    for note in exported.notes():
        msg.info(note)
    msg.good(
        f"Written to {exported.output}: {exported.docs:,} docs, {exported.tokens:,} tokens, "
        f"{exported.entities:,} entities"
    )
