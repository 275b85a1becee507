"""The table of formats that are written, and which of them the name of a file means."""

from pathlib import Path

from adaptive_spacy.data.writers.biomedical import BiocXmlWriter, PubTatorWriter
from adaptive_spacy.data.writers.brat import BratWriter
from adaptive_spacy.data.writers.conll import ConllWriter
from adaptive_spacy.data.writers.conll_2012 import Conll2012Writer
from adaptive_spacy.data.writers.conllu import ConlluWriter
from adaptive_spacy.data.writers.csv_records import CsvRecordsWriter, PythonWriter
from adaptive_spacy.data.writers.csv_table import CsvWriter
from adaptive_spacy.data.writers.hub import HubRecordsWriter, HubWriter
from adaptive_spacy.data.writers.json_records import (
    BiocJsonWriter,
    DataturksWriter,
    DoccanoWriter,
    DygieWriter,
    EntitiesWriter,
    LabelStudioMinWriter,
    LabelStudioWriter,
    SpacyJsonWriter,
    SpacyTuplesWriter,
    TokenEntitiesWriter,
    TokensWriter,
    TypesWriter,
)
from adaptive_spacy.data.writers.jsonl import JsonlWriter
from adaptive_spacy.data.writers.marked_text import (
    BracesWriter,
    InlineTagsWriter,
    LinksWriter,
    RasaWriter,
)
from adaptive_spacy.data.writers.token_lines import OpenNlpWriter, TokenLinesWriter
from adaptive_spacy.data.writers.webanno import WebannoWriter
from adaptive_spacy.data.writers.writer import Writer

#: By the names that they are read by
WRITERS: dict[str, type[Writer]] = {
    "conll": ConllWriter,
    "conllu": ConlluWriter,
    "conll-2012": Conll2012Writer,
    "csv": CsvWriter,
    "lines": TokenLinesWriter,
    "webanno": WebannoWriter,
    "jsonl": JsonlWriter,
    "prodigy": JsonlWriter,
    "label-studio": LabelStudioWriter,
    "label-studio-min": LabelStudioMinWriter,
    "spacy-v2": SpacyTuplesWriter,
    "spacy-v2-json": SpacyJsonWriter,
    "bioc-json": BiocJsonWriter,
    "dygie": DygieWriter,
    "token-entities": TokenEntitiesWriter,
    "tokens": TokensWriter,
    "dataturks": DataturksWriter,
    "types": TypesWriter,
    "doccano": DoccanoWriter,
    "entities": EntitiesWriter,
    "csv-records": CsvRecordsWriter,
    "python": PythonWriter,
    "pubtator": PubTatorWriter,
    "bioc": BiocXmlWriter,
    "rasa": RasaWriter,
    "opennlp": OpenNlpWriter,
    "inline-tags": InlineTagsWriter,
    "links": LinksWriter,
    "braces": BracesWriter,
    "brat": BratWriter,
    "hub": HubWriter,
    "hub-records": HubRecordsWriter,
}
SUFFIXES = {
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".tsv": "conll",
    ".txt": "conll",
    ".jsonl": "jsonl",
    ".conllu": "conllu",
    ".csv": "csv",
    ".parquet": "hub",
    ".py": "python",
    ".yml": "rasa",
    ".yaml": "rasa",
    ".xml": "bioc",
}


def choose_format(output: Path, format: str) -> str:
    """RETURNS (str): One of `WRITERS`, for "auto" the one that the output's name ends like.
    RAISES (ValueError): If there is none."""
    found = SUFFIXES.get(output.suffix.lower(), "") if format == "auto" else format
    if found not in WRITERS:
        ways = f"--format, one of {', '.join(WRITERS)}"
        raise ValueError(f"{output}: expected a name that ends in .conll or .jsonl, or {ways}")
    return found
