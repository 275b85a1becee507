"""Read texts with entities by character offsets, from JSON or JSONL of any annotation tool."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.annotation_tools import (
    SHAPES,
    Annotated,
    Skipped,
    check_string,
    detect_shape,
    list_keys,
    quote,
    read_span,
)
from adaptive_spacy.data.readers.char_spans import CharSpan, locate, resolve
from adaptive_spacy.data.readers.json_values import JsonFile, NotJson
from adaptive_spacy.data.readers.tag_table import Tagged, TagTable
from adaptive_spacy.data.readers.tokenizer import Tokenizer, load_tokenizer
from adaptive_spacy.data.source import Problems, Sentence, shorten

TAGGED = ("spacy-v2-json", "tokens")  # the shapes that need no tokenizer

Add = Callable[[str], None]


class SpanFile:
    """The texts of one file with their entities: checked as a whole first, then streamed.

    Offsets count characters (Unicode code points) from 0; the end is the character after the last.
    A record without tokens is tokenized as `spacy.blank(lang)` does it; a record's own tokens, as
    Prodigy writes them, are kept and must fit its text.

    path (str | Path): The file: JSONL, one JSON list, or JSON values one after another.
    format (str): One of `SHAPES`, or "auto": the first that fits the first record.
    lang (str): Language of the tokenizer, e.g. "en"; "xx": any.
    scheme (str), missing_tag (str | None): Of records with a tag per token, see `TagTable`.
    repair (bool): Mend offsets that do not fit the tokens, see `locate` and `resolve`, and illegal
        sequences of tags, see `TagTable`; each kind is counted.
    encoding (str): Encoding of the file. A byte order mark is dropped.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): The first 20 problems, each with its file and line or record, and how
        many more.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        format: str = "auto",
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
        if format not in ("auto", *SHAPES):
            allowed = ", ".join(("auto", *SHAPES))
            raise ValueError(f"--format: expected one of {allowed}, got {format!r}")
        self._tags = TagTable(scheme, missing_tag)
        self._file = JsonFile(path, encoding=encoding, progress=progress)
        self.detected = format == "auto"
        self.format = self._detect() if self.detected else format
        if self.format not in TAGGED:
            load_tokenizer(lang)  # if there is none, that is no problem of a record
        problems = Problems(self._file.place)
        self._check(problems)
        problems.raise_any(self.path)

    def __iter__(self) -> Iterator[Sentence]:
        for _, record in self._records("Reading", Problems(), Counter()):
            if isinstance(record, Tagged):
                yield self._tags.decode(record)
            else:
                yield self._align(record, Counter(), lambda message: None)

    def describe(self) -> str:
        """RETURNS (str): The format, and how many records were not read, and why."""
        how = " (detected)" if self.detected else ""
        kind = "JSONL" if self._file.layout == "lines" else "JSON"
        skipped = ", ".join(f"{reason} {count:,}" for reason, count in sorted(self.skipped.items()))
        parts = [f"{kind} of {SHAPES[self.format].title}{how}"]
        if self.format in TAGGED:
            parts.append(self._tags.describe())
        return ", ".join(parts) + (f"; records not read: {skipped}" if skipped else "")

    def _detect(self) -> str:
        """RETURNS (str): The shape of the first record. RAISES (ValueError): If it has none."""
        problems = Problems(self._file.place)
        for number, record in self._file.records("Opening"):
            if isinstance(record, NotJson):
                problems.add(number, record.message)
                continue
            shape = detect_shape(record)
            if shape:
                return shape
            problems.add(number, describe_unknown(record))
            break
        problems.raise_any(self.path)
        raise ValueError(f"{self.path}: expected records with a text and its entities, found none")

    def _check(self, problems: Problems) -> None:
        """Walk the file once and find what is wrong with it."""
        tagged = False
        for number, record in self._records("Checking", problems, self.skipped):
            add = partial(problems.add, number)
            try:
                if isinstance(record, Tagged):
                    tagged = True
                    self._tags.check(record)
                else:
                    self._align(record, self.repairs, add)
            except ValueError as error:
                add(str(error))
        if tagged:
            self._tags.settle(problems, self._tagged, repair=self.repair, repairs=self.repairs)

    def _tagged(self) -> Iterator[tuple[int, Tagged]]:
        for number, record in self._records("Locating", Problems(), Counter()):
            if isinstance(record, Tagged):
                yield number, record

    def _align(self, record: Annotated, repairs: Counter[str], add: Add) -> Sentence:
        return make_sentence(load_tokenizer(self.lang), record, self.repair, repairs, add)

    def _records(
        self, action: str, problems: Problems, skipped: Counter[str]
    ) -> Iterator[tuple[int, Annotated | Tagged]]:
        """Yield the records that have the format's shape, with their numbers.

        action (str): What the progress bar says.
        problems (Problems), skipped (Counter[str]): Take the others.
        """
        shape = SHAPES[self.format]
        previous = None
        for number, raw in self._file.records(action):
            if isinstance(raw, NotJson):
                problems.add(number, raw.message)
                continue
            try:
                record = shape.read(raw)
                if shape.unique:
                    previous = check_unique(raw.get(shape.unique), previous)
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
            f"found a second annotation of task {quote(name)}, expected one of each text; export "
            "JSON, where one of several annotations can be marked as ground truth"
        )
    return name


def recognise(path: Path, head: bytes) -> str | None:
    """Tell which of the formats a file holds.

    path (Path): The file.
    head (bytes): Its first bytes.
    RETURNS (str | None): One of `SHAPES`; "auto" if it is JSON of no shape known here, so that
        `SpanFile` says what is wrong; None if it is no JSON.
    """
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff").lstrip(" \t\r\n")
    follows = text[1:].lstrip(" \t\r\n")[:1]
    if not text or follows not in {"{": ('"', "}"), "[": ("{", "[", '"', "]")}.get(text[0], ()):
        return None
    try:
        for _, record in JsonFile(path).records("Opening"):
            return detect_shape(record) or "auto"
    except ValueError:
        pass
    return "auto"


def describe_unknown(record: Any) -> str:
    """RETURNS (str): Why a record tells no format."""
    found = list_keys(record) if isinstance(record, dict) else quote(record)
    return (
        f"found {found}, expected a record of {', '.join(shape.title for shape in SHAPES.values())}"
    )


def make_sentence(
    tokenizer: Tokenizer, record: Annotated, repair: bool, repairs: Counter[str], add: Add
) -> Sentence:
    """Tokenize a record and find the tokens of its entities.

    tokenizer (Tokenizer): Tokenizes records that have no tokens of their own.
    repair (bool), repairs (Counter[str]), add (Add): See `locate` and `resolve`.
    RETURNS (Sentence): The record, of use only if no problem was added.
    RAISES (ValueError): If its tokens do not fit its text.
    """
    positions: list[int] = []
    if record.tokens is None:
        tokens = tokenizer(record.text)
    else:
        words, spaces, positions = place_tokens(record.text, record.tokens)
        tokens = tokenizer.make(record.text, words, spaces)
    found = []
    for raw in record.spans:
        try:
            span = read_span(raw)
            check_token_indices(raw, span, record.tokens or [])
            found.append(
                locate(
                    tokens,
                    span,
                    own_tokens=record.tokens is not None,
                    repair=repair,
                    repairs=repairs,
                )
            )
        except ValueError as error:
            add(str(error))
    ents = resolve(found, repair=repair, repairs=repairs, add=lambda _, message: add(message))
    annotated = {i for start, end, _ in ents for i in range(start, end)}
    if record.partial:
        missing = [i for i in range(len(tokens.words)) if i not in annotated]
    else:
        missing = find_missing(record.missing, positions, annotated)
    starts = record.sent_starts
    return Sentence(
        words=tokens.words,
        ents=ents,
        missing=missing,
        spaces=tokens.spaces if record.known_spaces else None,
        sent_starts=None if starts is None else find_tokens("sent_starts", starts, positions),
    )


def place_tokens(text: str, tokens: list[Any]) -> tuple[list[str], list[bool], list[int]]:
    """Find a record's own tokens in its text. White space between two of them that is not just
    one space is a token of its own, as in spaCy.

    RETURNS (tuple[list[str], list[bool], list[int]]): The tokens; whether a space follows each; and
        where the record's tokens are among them.
    RAISES (ValueError): If the text is not made of these tokens and white space.
    """
    words: list[str] = []
    spaces: list[bool] = []
    positions: list[int] = []

    def fill(gap: str) -> None:
        if gap.strip():
            raise ValueError(f"found {shorten(gap)} in no token, expected tokens for all the text")
        if words and gap.startswith(" "):
            spaces[-1] = True
            gap = gap[1:]
        if gap:
            words.append(gap)
            spaces.append(False)

    at = 0
    for i, token in enumerate(tokens):
        start, end, word = read_token(token, i)
        if not at <= start < end or text[start:end] != word:
            raise ValueError(
                f"found token {i}, {shorten(word)} from {start} to {end}, expected tokens that "
                f"follow one another; the text has {shorten(text[start:end])} there"
            )
        fill(text[at:start])
        positions.append(len(words))
        words.append(word)
        spaces.append(False)
        at = end
    fill(text[at:])
    return words, spaces, positions


def read_token(token: Any, index: int) -> tuple[int, int, str]:
    """RETURNS (tuple[int, int, str]): Start and end of a token, in characters, and its text."""
    if not isinstance(token, dict) or not {"text", "start", "end"} <= token.keys():
        raise ValueError(
            f'found the token {quote(token)}, expected an object with "text", "start" and "end"'
        )
    for key in ("start", "end"):
        if type(token[key]) is not int or token[key] < 0:
            raise ValueError(
                f"found {quote(token[key])} as {key} of token {index}, expected an integer from 0"
            )
    check_string(token["text"], f"token {index}")
    return token["start"], token["end"], token["text"]


def check_token_indices(raw: Any, span: CharSpan, tokens: list[Any]) -> None:
    """RAISES (ValueError): If Prodigy's `token_start` and `token_end`, the last token of the
    entity, are others than the tokens at its offsets."""
    if not (tokens and isinstance(raw, dict)):
        return
    for key, offset in (("token_start", span.start), ("token_end", span.end - 1)):
        index = raw.get(key)
        if index is None:
            continue
        if type(index) is not int or not 0 <= index < len(tokens):
            raise ValueError(
                f"found {key} {quote(index)}, expected a token from 0 to {len(tokens) - 1}"
            )
        if not tokens[index]["start"] <= offset < tokens[index]["end"]:
            raise ValueError(
                f"found {key} {index} of an entity from {span.start} to {span.end} "
                f"({span.label}), expected a token at these offsets; token {index} is "
                f"{shorten(tokens[index]['text'])}"
            )


def find_missing(missing: list[Any], positions: list[int], annotated: set[int]) -> list[int]:
    """RETURNS (list[int]): The tokens without annotation, in order.
    RAISES (ValueError): If there is no such token, or if it is part of an entity."""
    found = find_tokens("missing", missing, positions)
    for index in found:
        if index in annotated:
            raise ValueError(
                f'found token {positions.index(index)} under "missing" and in an entity, expected '
                "one of both"
            )
    return found


def find_tokens(key: str, indices: list[Any], positions: list[int]) -> list[int]:
    """Find tokens by their numbers in the record.

    key (str): What the record calls them.
    positions (list[int]): Where the record's tokens are.
    RETURNS (list[int]): Where these are, in order. RAISES (ValueError): If there is no such token.
    """
    for index in indices:
        if type(index) is not int or not 0 <= index < len(positions):
            raise ValueError(
                f'found {quote(index)} under "{key}", expected a token from 0 to '
                f"{len(positions) - 1}"
            )
    return sorted({positions[index] for index in indices})
