"""The table of formats, and which of them a file or folder of annotated text has."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.bioc_xml import BiocXml
from adaptive_spacy.data.readers.brat import BratFolder
from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.readers.conll_2012 import Conll2012
from adaptive_spacy.data.readers.conllu import ConlluFile
from adaptive_spacy.data.readers.csv_records import CsvRecords
from adaptive_spacy.data.readers.csv_table import CsvTable
from adaptive_spacy.data.readers.hub_files import holds_entities
from adaptive_spacy.data.readers.hub_records import HubRecords
from adaptive_spacy.data.readers.huggingface import HubData
from adaptive_spacy.data.readers.json_formats import JSON_FORMATS, AnyJson
from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.marked_text import (
    BracedText,
    InlineTags,
    LinkedText,
    OpenNlp,
)
from adaptive_spacy.data.readers.pubtator import PubTator
from adaptive_spacy.data.readers.python_records import PythonRecords
from adaptive_spacy.data.readers.rasa import Rasa
from adaptive_spacy.data.readers.reader import (
    Confidence,
    Evidence,
    PathSample,
    Reader,
    list_options,
)
from adaptive_spacy.data.readers.signatures import name_text
from adaptive_spacy.data.readers.text import check_is_text
from adaptive_spacy.data.readers.token_lines import TokenLines
from adaptive_spacy.data.readers.webanno import WebannoFile
from adaptive_spacy.data.source import Source

FORMATS: dict[str, Reader] = {
    "conll": ConllFile,
    "conllu": ConlluFile,
    "conll-2012": Conll2012,
    "csv": CsvTable,
    "lines": TokenLines,
    "webanno": WebannoFile,
    "jsonl": AnyJson,
    **JSON_FORMATS,
    "csv-records": CsvRecords,
    "python": PythonRecords,
    "pubtator": PubTator,
    "bioc": BiocXml,
    "rasa": Rasa,
    "opennlp": OpenNlp,
    "inline-tags": InlineTags,
    "links": LinkedText,
    "braces": BracedText,
    "brat": BratFolder,
    "hub": HubData,
    "hub-records": HubRecords,
}
FORMAT_NAMES = ("auto", *FORMATS)


def open_source(
    path: str | Path, *, format: str = "auto", progress: bool = False, **options: Any
) -> Source:
    """Check a file or folder as a whole, as what it is.

    format (str): One of `FORMATS`, or "auto": the one that it has.
    progress (bool): Show progress bars.
    options: Arguments of any format; those that this one does not take are left out.
    RETURNS (Source): Its sentences.
    RAISES (ValueError): If it has no format known here, or has problems.
    """
    reader = FORMATS[find_format(Path(path), format, options.get("encoding", "utf-8"))]
    taken = list_options(reader)
    kept = {key: value for key, value in options.items() if key in taken}
    return reader(Path(path), progress=progress, **kept)


def find_format(path: Path, format: str = "auto", encoding: str = "utf-8") -> str:
    """Find the format of a path.

    format (str): One of `FORMATS`, or "auto": the one that it has.
    encoding (str): What its text is in.
    RETURNS (str): One of `FORMATS`.
    RAISES (ValueError): If there is no such format, or if the path has none.
    """
    if format not in FORMAT_NAMES:
        raise ValueError(f"--format: expected one of {', '.join(FORMAT_NAMES)}, got {format!r}")
    if format == "auto":
        return recognise(path, encoding)
    if format == "hub" and path.exists() and holds_entities(path):
        return "hub-records"
    if path.is_file() and format not in ("hub", "hub-records"):
        check_is_text(path, PathSample(path).head, encoding)
    return format


def check_options(
    formats: Sequence[str], options: Iterable[str], sources: Sequence[Source] = ()
) -> None:
    """Check that each option is of use for one input at least.

    formats (Sequence[str]): What the inputs are, each one of `FORMATS`.
    options (Iterable[str]): What is said of all of them.
    sources (Sequence[Source]): The same inputs, if they are open: of some records only that tells
        what they are.
    RAISES (ValueError): Options that none of them takes: they would be ignored.
    """
    opened: Sequence[Source | None] = sources if sources else [None] * len(formats)
    pairs = sorted(zip(formats, opened, strict=True), key=itemgetter(0))
    taken = [list_taken(name, source) for name, source in pairs]
    for option in options:
        if not any(option in of_one for _, of_one in taken):
            takers = [one.title for one in FORMATS.values() if option in list_options(one)]
            found = dict.fromkeys(title for title, _ in taken)
            raise ValueError(
                f"--{option.replace('_', '-')}: expected a file of {', '.join(takers)}, which "
                f"has such an option, found {', '.join(found)}"
            )


def list_taken(format: str, source: Source | None = None) -> tuple[str, set[str]]:
    """RETURNS (tuple[str, set[str]]): What an input is called, and the options of use for it."""
    if isinstance(source, JsonRecords):
        return source.format.title, source.taken
    return FORMATS[format].title, list_options(FORMATS[format])


def recognise(path: Path, encoding: str = "utf-8") -> str:
    """Tell the format of a file or folder from its beginning.

    encoding (str): What its text is in.
    RETURNS (str): One of `FORMATS`. What is text and nothing else is taken for CoNLL, whose reader
        says what is wrong if it is not.
    RAISES (ValueError): If it is no text, of a format that is known and not read, a folder of other
        things, or certainly of two formats.
    """
    if not path.exists():
        raise ValueError(f"{path}: expected a file or folder to convert, found nothing")
    sample = PathSample(path, encoding)
    found = {
        name: evidence
        for name, reader in FORMATS.items()
        if (evidence := reader.recognise(sample)) is not None
    }
    certain = {name: one for name, one in found.items() if one.confidence is Confidence.CERTAIN}
    if len(certain) > 1:
        raise ValueError(f"{path}: {describe_choice(certain)}")
    if not certain and not sample.is_folder:
        check_is_text(path, sample.head, encoding)
    if not sample.is_folder and all(
        one.confidence is Confidence.FALLBACK for one in found.values()
    ):
        name = name_text(sample.text)
        if name:
            raise ValueError(f"{path}: expected a format that is read, found {name}")
    if not found:
        raise ValueError(
            f"{path}: expected a file, a folder of brat's .txt and .ann files or a data set of "
            f"Hugging Face, found a folder of {list_files(path)}"
        )
    return max(found, key=lambda name: found[name].confidence)  # of equals the first


def describe_choice(found: dict[str, Evidence]) -> str:
    """RETURNS (str): What speaks for each of several formats, and how to choose."""
    parts = [f"{one.found} ({FORMATS[name].title})" for name, one in found.items()]
    ways = " or ".join(f"--format {name}" for name in found)
    return f"found {' and '.join(parts)}, expected one of both; {ways} says which to read"


def list_files(folder: Path) -> str:
    """RETURNS (str): What a folder holds, by name, shortened."""
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return "nothing"
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
