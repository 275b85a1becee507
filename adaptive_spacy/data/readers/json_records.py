"""Read records from JSON or JSONL: what all formats of such records share."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from adaptive_spacy.data.readers.annotated_text import Add, AnnotatedText, make_sentence
from adaptive_spacy.data.readers.json_values import JsonFile, NotJson, show_json
from adaptive_spacy.data.readers.offsets import CONVENTIONS, EXCLUSIVE, check_convention
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample, list_options
from adaptive_spacy.data.readers.record_fields import list_keys
from adaptive_spacy.data.readers.record_file import (
    Choices,
    Read,
    RecordFile,
    Result,
    Skipped,
    check_unique,
    open_container,
)
from adaptive_spacy.data.readers.record_spans import choose_spans
from adaptive_spacy.data.readers.spacy_tokenizer import load_tokenizer
from adaptive_spacy.data.readers.tag_table import Place, Tagged, TagTable
from adaptive_spacy.data.source import Problems, Sentence

#: Options that say how tags are read
TAG_OPTIONS = frozenset({"scheme", "missing_tag"})


class JsonRecords:
    """The records of one file with their entities: checked as a whole first, then streamed.

    A format is a subclass that says how a record of it is told (`fits`) and read (`read`).

    Offsets count characters (Unicode code points) from 0; the end is the character after the last.
    A record without tokens is tokenized as `spacy.blank(lang)` does it; a record's own tokens, as
    Prodigy writes them, are kept and must fit its text.

    path (str | Path): The file: JSONL, one JSON list, or JSON values one after another.
    lang (str): Language of the tokenizer, e.g. "en"; "xx": any.
    offsets (str | None): How offsets count, one of `CONVENTIONS`; None: as the format has them.
    spans_key (str | None): Which key of a record holds the entities; None: the usual ones.
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
    #: Whether --spans-key names a key of its records, which `choose_spans` then takes
    chooses_spans: ClassVar[bool] = True
    #: The only key under which `read` looks for entities; "": any of the usual ones
    place: ClassVar[str] = ""
    #: Options that say nothing of its records
    unused: ClassVar[frozenset[str]] = TAG_OPTIONS
    #: Whether its offsets count characters, not tokens
    counts_characters: ClassVar[bool] = True

    def __init__(
        self,
        path: str | Path,
        *,
        lang: str = "xx",
        offsets: str | None = None,
        spans_key: str | None = None,
        scheme: str = "auto",
        missing_tag: str | None = None,
        repair: bool = False,
        encoding: str = "utf-8",
        progress: bool = False,
    ) -> None:
        self.path = Path(path)
        self.lang = lang
        self.offsets = offsets and check_convention(offsets)
        self.spans_key = spans_key
        self.repair = repair
        self.repairs: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.tags = TagTable(scheme, missing_tag)
        self.container = ""
        self.format: type[JsonRecords] = type(self)
        self._file = self._open(Path(path), encoding, progress)
        self.format = self._find_format(self._file)
        try:
            self._read = self.format.learn(
                self._learn_records(), Choices(spans_key, self.offsets or None)
            )
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
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
    def read(record: Any) -> "Result | list[Result]":
        """Read a record. RAISES (ValueError): If it is not of this format after all."""

    @staticmethod
    def unpack(value: Any, container: str) -> Iterator[tuple[str, Any]]:
        """YIELDS (tuple[str, Any]): The records of a value, each with its place for messages: the
        value itself, or what its container holds."""
        if not container:
            yield "", value
            return
        for i, item in enumerate(open_container(value, container)):
            yield f"{container}[{i}]: ", item

    @classmethod
    def choose(cls, record: Any, key: str) -> Any:
        """RETURNS (Any): A record with its entities from the key that --spans-key names.
        RAISES (ValueError): If it has no such key."""
        return choose_spans(record, key, cls.place) if cls.chooses_spans else record

    @classmethod
    def learn(cls, records: Iterator[Any], choices: "Choices") -> "Read":
        """Learn from all records how each is read; most formats read each by itself.

        RETURNS (Read): Reads a record. RAISES (ValueError): If they do not fit together.
        """
        return cls.read

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        """RETURNS (RecordFile): What the records lie in."""
        return JsonFile(path, encoding=encoding, progress=progress)

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether the first record is of this format."""
        if sample.is_json and sample.record is not None and cls.fits(sample.record):
            return Evidence(Confidence.LIKELY, describe_record(sample.record))
        return None

    def _find_format(self, file: RecordFile) -> "type[JsonRecords]":
        """RETURNS (type[JsonRecords]): What reads the records."""
        return type(self)

    def __iter__(self) -> Iterator[Sentence]:
        for _, _, record in self._records("Reading", Problems(), Counter()):
            if isinstance(record, Tagged):
                yield self.tags.decode(record)
            else:
                yield self._align(record, Counter(), lambda message: None)

    def describe(self) -> str:
        """RETURNS (str): The format, and how many records were not read, and why."""
        how = "" if self.format is type(self) else " (detected)"
        skipped = ", ".join(f"{reason} {count:,}" for reason, count in sorted(self.skipped.items()))
        parts = [f"{self._file.kind} of {self.format.title}{how}"]
        if self.container:
            parts.append(f'under "{self.container}"')
        parts += sorted(self._notes)
        if self.format.is_tagged:
            parts.append(self.tags.describe())
        return ", ".join(parts) + (f"; records not read: {skipped}" if skipped else "")

    @property
    def taken(self) -> set[str]:
        """RETURNS (set[str]): The options that say something of its records, now that their format
        is known."""
        found = list_options(type(self)) & list_options(self.format)
        return found if self.format.is_tagged else found - TAG_OPTIONS

    def _check(self, problems: Problems) -> None:
        """Walk the file once and find what is wrong with it."""
        has_tags = False
        count = 0
        self._notes: set[str] = set()
        for number, where, record in self._records("Checking", problems, self.skipped):
            count += 1
            add = partial(add_at, problems, number, where)
            try:
                if isinstance(record, Tagged):
                    has_tags = True
                    self._notes.update(filter(None, [record.note]))
                    self.tags.check(record)
                else:
                    self._align(record, self.repairs, add)
                    if record.offsets != EXCLUSIVE:
                        self._notes.add(f"offsets count {CONVENTIONS[record.offsets]}")
            except ValueError as error:
                add(str(error))
        if has_tags:
            self.tags.settle(problems, self._pairs, repair=self.repair, repairs=self.repairs)
        if self.skipped and not (count or problems.count):
            reasons = ", ".join(f"{reason} {n:,}" for reason, n in sorted(self.skipped.items()))
            raise ValueError(f"{self.path}: expected annotated records, found none: {reasons}")

    def _pairs(self) -> Iterator[Place]:
        for number, _, record in self._records("Locating", Problems(), Counter()):
            if isinstance(record, Tagged):
                yield from record.pairs(number)

    def _align(self, record: AnnotatedText, repairs: Counter[str], add: Add) -> Sentence:
        return make_sentence(load_tokenizer(self.lang), record, self.repair, repairs, add)

    def _records(
        self, action: str, problems: Problems, skipped: Counter[str]
    ) -> Iterator[tuple[int, str, AnnotatedText | Tagged]]:
        """Yield the records that are of the format, with their numbers and their place within.

        action (str): What the progress bar says.
        problems (Problems), skipped (Counter[str]): Take the others.
        """
        seen: set[str] = set()
        for number, where, raw in self._raw_records(action, problems):
            if raw is None and self.container:  # as a tool writes a text that it has not shown yet
                skipped["not annotated"] += 1
                continue
            try:
                found = self._read(raw)
                if self.format.unique:
                    check_unique(raw.get(self.format.unique), seen)
            except ValueError as error:
                add_at(problems, number, where, str(error))
                continue
            for record in found if isinstance(found, list) else [found]:
                if isinstance(record, Skipped):
                    skipped[record.reason] += 1
                elif (
                    self.offsets
                    and isinstance(record, AnnotatedText)
                    and not record.settled
                    and self.format.counts_characters
                ):
                    yield number, where, record._replace(offsets=self.offsets)
                else:
                    yield number, where, record

    def _raw_records(self, action: str, problems: Problems) -> Iterator[tuple[int, str, Any]]:
        """Yield what the file holds, record by record; of a container, what is in it."""
        for number, raw in self._file.records(action):
            if isinstance(raw, NotJson):
                problems.add(number, raw.message)
                continue
            try:
                items = self.format.unpack(raw, self.container)
                for where, item in items:
                    yield number, where, self._choose(item)
            except ValueError as error:
                problems.add(number, str(error))

    def _learn_records(self) -> Iterator[Any]:
        found = (raw for _, _, raw in self._raw_records("Opening", Problems()))
        return (raw for raw in found if raw is not None)

    def _choose(self, raw: Any) -> Any:
        """RETURNS (Any): A record with its entities where --spans-key says that they are."""
        return self.format.choose(raw, self.spans_key) if self.spans_key else raw


def add_at(problems: Problems, number: int, where: str, message: str) -> None:
    """Note a problem of a record that is one of several of a value."""
    problems.add(number, f"{where}{message}")


def describe_record(record: Any) -> str:
    """RETURNS (str): What tells the format of a record."""
    return list_keys(record) if isinstance(record, dict) else show_json(record)
