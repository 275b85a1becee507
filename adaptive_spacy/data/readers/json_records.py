"""Read records from JSON or JSONL: what all formats of such records share."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from adaptive_spacy.data.readers.annotated_text import Add, AnnotatedText, make_sentence
from adaptive_spacy.data.readers.json_values import JsonFile, NotJson, show_json
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_fields import list_keys
from adaptive_spacy.data.readers.spacy_tokenizer import load_tokenizer
from adaptive_spacy.data.readers.tag_table import Place, Tagged, TagTable
from adaptive_spacy.data.source import Problems, Sentence


class Skipped(NamedTuple):
    """A record that was annotated but not accepted, or not annotated at all, and why."""

    reason: str


class JsonRecords:
    """The records of one file with their entities: checked as a whole first, then streamed.

    A format is a subclass that says how a record of it is told (`fits`) and read (`read`).

    Offsets count characters (Unicode code points) from 0; the end is the character after the last.
    A record without tokens is tokenized as `spacy.blank(lang)` does it; a record's own tokens, as
    Prodigy writes them, are kept and must fit its text.

    path (str | Path): The file: JSONL, one JSON list, or JSON values one after another.
    lang (str): Language of the tokenizer, e.g. "en"; "xx": any.
    scheme (str), missing_tag (str | None): Of records with a tag per token, see `TagTable`.
    repair (bool): Mend offsets that do not fit the tokens, see `locate` and `resolve`, and illegal
        sequences of tags, see `TagTable`; each kind is counted.
    encoding (str): Encoding of the file. A byte order mark is dropped.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): The first 20 problems, each with its file and line or record, and how
        many more.
    """

    title: ClassVar[str]
    limits: ClassVar[str]
    #: Whether its records have tags, and so need no tokenizer
    is_tagged: ClassVar[bool] = False
    #: Key of what is annotated, if records in a row that share it are of several annotators
    unique: ClassVar[str | None] = None

    def __init__(
        self,
        path: str | Path,
        *,
        lang: str = "xx",
        scheme: str = "auto",
        missing_tag: str | None = None,
        repair: bool = False,
        encoding: str = "utf-8",
        progress: bool = False,
    ) -> None:
        self.path = Path(path)
        self.lang = lang
        self.repair = repair
        self.repairs: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.tags = TagTable(scheme, missing_tag)
        self._file = JsonFile(path, encoding=encoding, progress=progress)
        self.format = self._find_format(self._file)
        if not self.format.is_tagged:
            load_tokenizer(lang)  # if there is none, that is no problem of a record
        problems = Problems(self._file.place)
        self._check(problems)
        problems.raise_any(self.path)

    @staticmethod
    @abstractmethod
    def fits(record: Any) -> bool:
        """Whether a record, by its keys, is of this format."""

    @staticmethod
    @abstractmethod
    def read(record: Any) -> AnnotatedText | Tagged | Skipped:
        """Read a record. RAISES (ValueError): If it is not of this format after all."""

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether the first record is of this format."""
        if sample.is_json and sample.record is not None and cls.fits(sample.record):
            return Evidence(Confidence.LIKELY, describe_record(sample.record))
        return None

    def _find_format(self, file: JsonFile) -> "type[JsonRecords]":
        """RETURNS (type[JsonRecords]): What reads the records."""
        return type(self)

    def __iter__(self) -> Iterator[Sentence]:
        for _, record in self._records("Reading", Problems(), Counter()):
            if isinstance(record, Tagged):
                yield self.tags.decode(record)
            else:
                yield self._align(record, Counter(), lambda message: None)

    def describe(self) -> str:
        """RETURNS (str): The format, and how many records were not read, and why."""
        how = "" if self.format is type(self) else " (detected)"
        kind = "JSONL" if self._file.layout == "lines" else "JSON"
        skipped = ", ".join(f"{reason} {count:,}" for reason, count in sorted(self.skipped.items()))
        parts = [f"{kind} of {self.format.title}{how}"]
        if self.format.is_tagged:
            parts.append(self.tags.describe())
        return ", ".join(parts) + (f"; records not read: {skipped}" if skipped else "")

    def _check(self, problems: Problems) -> None:
        """Walk the file once and find what is wrong with it."""
        has_tags = False
        for number, record in self._records("Checking", problems, self.skipped):
            add = partial(problems.add, number)
            try:
                if isinstance(record, Tagged):
                    has_tags = True
                    self.tags.check(record)
                else:
                    self._align(record, self.repairs, add)
            except ValueError as error:
                add(str(error))
        if has_tags:
            self.tags.settle(problems, self._pairs, repair=self.repair, repairs=self.repairs)

    def _pairs(self) -> Iterator[Place]:
        for number, record in self._records("Locating", Problems(), Counter()):
            if isinstance(record, Tagged):
                yield from record.pairs(number)

    def _align(self, record: AnnotatedText, repairs: Counter[str], add: Add) -> Sentence:
        return make_sentence(load_tokenizer(self.lang), record, self.repair, repairs, add)

    def _records(
        self, action: str, problems: Problems, skipped: Counter[str]
    ) -> Iterator[tuple[int, AnnotatedText | Tagged]]:
        """Yield the records that are of the format, with their numbers.

        action (str): What the progress bar says.
        problems (Problems), skipped (Counter[str]): Take the others.
        """
        previous = None
        for number, raw in self._file.records(action):
            if isinstance(raw, NotJson):
                problems.add(number, raw.message)
                continue
            try:
                record = self.format.read(raw)
                if self.format.unique:
                    previous = check_unique(raw.get(self.format.unique), previous)
            except ValueError as error:
                problems.add(number, str(error))
                continue
            if isinstance(record, Skipped):
                skipped[record.reason] += 1
            else:
                yield number, record


def check_unique(name: Any, previous: Any) -> Any:
    """RETURNS (Any): The name of what a record annotates.
    RAISES (ValueError): If the record before it annotates the same."""
    if name is not None and name == previous:
        raise ValueError(
            f"found a second annotation of task {show_json(name)}, expected one of each text; "
            "export JSON, where one of several annotations can be marked as ground truth"
        )
    return name


def describe_record(record: Any) -> str:
    """RETURNS (str): What tells the format of a record."""
    return list_keys(record) if isinstance(record, dict) else show_json(record)
