"""Read CoNLL files: one token with its entity tag per line, a blank line after each sentence."""

import re
from collections import Counter
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from spacy.tokens import Doc, Span
from spacy.vocab import Vocab
from tqdm import tqdm

# Each scheme's letters and what they mean in BILOU. A file without any B- reads the same in IO
# and IOB1; in "bare" files a tag is a type and nothing else.
SCHEMES: dict[str, dict[str, str]] = {
    "BIO": {"B": "B", "I": "I"},
    "IOB1": {"B": "B", "I": "I"},
    "BILOU": {"B": "B", "I": "I", "L": "L", "U": "U"},
    "BIOES": {"B": "B", "I": "I", "E": "L", "S": "U"},
    "BMEWO": {"B": "B", "M": "I", "E": "L", "W": "U"},
    "IO": {"I": "I"},
    "bare": {"": "I"},
}
NAMES = {"iob2": "BIO", "iobes": "BIOES", **{name.lower(): name for name in SCHEMES}}
OUTSIDE = ("O", "0", "_")

# Places in a sequence of tags that hold no tag: no tag contains a tab.
EDGE = "\tedge"  # before the first and after the last token of a sentence
UNTAGGED = "\tuntagged"  # a row without a tag, where these are allowed
BROKEN = "\tbroken"  # a row that could not be read

MAX_PROBLEMS = 20
SNIFFED_ROWS = 1000
PREFIXED = re.compile(r"[BILUESMW]-.+")
LIKE_PREFIXED = re.compile(r"[BILUESMW](-|$)")
# without brackets and stars: CoNLL-2012's `(PERSON*` would pass for a type
TYPE = re.compile(r"[^()*\t]*\w[^()*\t]*")
KEY_AND_VALUE = re.compile(r"# +[\w.:-]+ =(\s|$)")


class Sentence(NamedTuple):
    """A sentence and its entities.

    words (list[str]): The tokens, as the file has them.
    ents (list[tuple[int, int, str]]): First token, token after the last, type.
    missing (list[int]): Tokens whose annotation is missing.
    """

    words: list[str]
    ents: list[tuple[int, int, str]]
    missing: list[int]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def make_doc(sentence: Sentence, vocab: Vocab) -> Doc:
    """RETURNS (Doc): The corpus' own tokens; all outside the entities are annotated as such."""
    # without `spaces` the doc has `has_unknown_spaces`, so that spaCy does not tokenize it anew
    doc = Doc(vocab, words=sentence.words)
    doc.set_ents(
        [Span(doc, start, end, label=label) for start, end, label in sentence.ents],
        missing=[doc[i : i + 1] for i in sentence.missing],
        default="outside",
    )
    return doc


class ConllFile:
    """The sentences of one file: checked as a whole first, then streamed as often as needed.

    Columns are separated by tabs or, in a row without a tab, by spaces. `-DOCSTART-` rows are
    skipped, and so are comments: lines that start with `# ` and go on as `key = value` or with
    more columns than the file has. Other `#` are tokens, as in tweets.

    path (str | Path): The file.
    scheme (str): One of `SCHEMES`, or "auto": the one that fits the whole file.
    missing_tag (str | None): A row without a tag is an outside token ("O"), a token without
        annotation ("mask"), or an error (None).
    token_column (int): Column of the token, from 0; -1 is the last.
    tag_column (int): Column of the tag, from 0; -1 is the last.
    encoding (str): Encoding of the file. A byte order mark is dropped.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): The first 20 problems, each with its file and line, and how many more.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        scheme: str = "auto",
        missing_tag: str | None = None,
        token_column: int = 0,
        tag_column: int = -1,
        encoding: str = "utf-8",
        progress: bool = False,
    ) -> None:
        self.path = Path(path)
        self.missing_tag = missing_tag
        self.encoding = encoding
        self.progress = progress
        self._check_arguments(scheme)
        self.columns = self._count_columns()
        self._token_at = self._find_column("--token-column", token_column)
        self._tag_at = self._find_column("--tag-column", tag_column)
        if self._token_at == self._tag_at:
            raise ValueError(
                f"{self.path}: expected two columns, got --token-column {token_column} and "
                f"--tag-column {tag_column}, which are the same of {self.columns}"
            )
        problems = Problems()
        pairs = self._survey(problems)
        if not pairs:
            raise ValueError(f"{self.path}: expected rows of a token and its tag, found no row")
        self.detected = scheme.lower() == "auto"
        self.scheme = detect_scheme(pairs) if self.detected else NAMES[scheme.lower()]
        problems.raise_with(find_faults(pairs, self.scheme, self.detected), self.path)
        self._tags = {raw: parse_tag(raw, self.scheme) or NOTHING for _, raw in pairs}

    def __iter__(self) -> Iterator[Sentence]:
        sentence = Sentence([], [], [])
        start, label = 0, ""  # the open entity; no label: none is open
        # spaCy's iob_to_biluo and seqeval's schemes mend what is illegal and know fewer schemes;
        # all is legal here, so these few lines do for every scheme
        for _, token, raw in self._rows("Reading", Problems()):
            words, ents, missing = sentence
            here = len(words)
            kind, new_label = self._tags[raw]
            if label and (kind not in "IL" or new_label != label):
                ents.append((start, here, label))
                label = ""
            if new_label and not label:
                start, label = here, new_label
            if kind in "LU":
                ents.append((start, here + 1, label))
                label = ""
            if raw is EDGE:
                if words:
                    yield sentence
                    sentence = Sentence([], [], [])
                continue
            if raw is UNTAGGED and self.missing_tag == "mask":
                missing.append(here)
            words.append(token)

    def _check_arguments(self, scheme: str) -> None:
        if scheme.lower() not in ("auto", *NAMES):
            allowed = ", ".join(("auto", *SCHEMES))
            raise ValueError(f"--scheme: expected one of {allowed}, got {scheme!r}")
        if self.missing_tag not in (None, "O", "mask"):
            raise ValueError(f"--missing-tag: expected O or mask, got {self.missing_tag!r}")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise ValueError(
                f"--encoding: expected one that Python knows, e.g. utf-8, got {self.encoding!r}"
            ) from None
        if not self.path.is_file():
            found = "a folder" if self.path.is_dir() else "nothing"
            raise ValueError(f"{self.path}: expected a CoNLL file, found {found}")

    def _count_columns(self) -> int:
        """RETURNS (int): The number of columns that most of the first rows have."""
        lengths = (
            len(fields)
            for _, line in self._lines("Opening")
            if (fields := split_row(line)) and not line.startswith(("# ", "-DOCSTART-"))
        )
        counts = Counter(islice(lengths, SNIFFED_ROWS))
        if list(counts) == [1]:
            raise ValueError(f"{self.path}: expected rows of a token and its tag, found one column")
        counts.pop(1, None)  # tokens without a tag
        return max(counts, key=counts.__getitem__, default=2)  # of equals the first

    def _find_column(self, option: str, column: int) -> int:
        if not -self.columns <= column < self.columns:
            raise ValueError(
                f"{self.path}: {option}: expected a column from 0 to {self.columns - 1}, or -1 "
                f"for the last, got {column}"
            )
        return column % self.columns

    def _survey(self, problems: "Problems") -> "Pairs":
        """Walk the file once. RETURNS (Pairs): Which tag follows which, how often and where."""
        pairs: Pairs = {}
        previous, row = EDGE, 0
        for number, _, raw in self._rows("Checking", problems):
            if raw is not EDGE:
                row = number
            elif previous is EDGE:
                continue
            pair = pairs.get((previous, raw))
            if pair is None:
                pair = pairs[previous, raw] = Occurrences()
            pair.add(row)
            previous = raw
        return pairs

    def _rows(self, action: str, problems: "Problems") -> Iterator[tuple[int, str, str]]:
        """Yield (line number, token, tag), and an EDGE as tag after each sentence.

        action (str): What the progress bar says.
        problems (Problems): Takes the rows that cannot be read; these are yielded as BROKEN.
        """
        number, columns = 0, self.columns
        token_at, tag_at = self._token_at, self._tag_at
        for number, line in self._lines(action):
            fields = split_row(line)
            if not fields or line.startswith("-DOCSTART-"):
                yield number, "", EDGE
            elif line.startswith("# ") and is_comment(line, fields, columns):
                continue
            elif len(fields) == columns:
                yield number, fields[token_at], fields[tag_at]
            elif problem := self._find_problem(line, fields):
                problems.add(number, problem)
                yield number, "", BROKEN
            else:
                yield number, fields[token_at], UNTAGGED
        yield number, "", EDGE

    def _find_problem(self, line: str, fields: list[str]) -> str | None:
        """RETURNS (str | None): What is wrong with a row of too few or too many columns."""
        first = shorten(fields[0])
        if len(fields) != self.columns - 1 or self._tag_at != len(fields):
            return f"found {len(fields)} columns at {first}, expected {self.columns}"
        if line[0] in " \t":
            return f"found no token before {first}, expected {self.columns} columns"
        if self.missing_tag is None:
            return (
                f"found {first} without a tag, expected one; --missing-tag O reads such a token "
                "as outside, --missing-tag mask as not annotated"
            )
        return None

    def _lines(self, action: str) -> Iterator[tuple[int, str]]:
        """Yield (line number from 1, line), with any kind of line end."""
        # the variant of UTF-8 that drops a byte order mark, where there is one
        codec = "utf-8-sig" if is_utf8(self.encoding) else self.encoding
        bar = tqdm(
            total=self.path.stat().st_size,
            desc=f"{action} {self.path.name}",
            unit="B",
            unit_scale=True,
            leave=False,
            delay=1,
            disable=None if self.progress else True,
        )
        with bar, self.path.open("rb") as file:
            try:
                for number, line in enumerate(TextIOWrapper(file, encoding=codec), 1):
                    if "\0" in line:
                        raise ValueError(
                            f"{self.path}:{number}: found a NUL character, expected "
                            f"{self.encoding} text; pass the right --encoding, e.g. utf-16"
                        )
                    yield number, line
                    if number % 10_000 == 0:
                        bar.update(file.tell() - bar.n)
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"{self._find_undecodable(codec)}: found byte "
                    f"0x{error.object[error.start]:02x}, expected {self.encoding} text; pass the "
                    "right --encoding, e.g. latin-1"
                ) from None

    def _find_undecodable(self, codec: str) -> str:
        """RETURNS (str): The file, with the line if the encoding has one-byte line ends."""
        if len("\n".encode(self.encoding)) > 1:
            return str(self.path)
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    line.decode(codec)
                except UnicodeDecodeError:
                    return f"{self.path}:{number}"
        return str(self.path)


def is_utf8(encoding: str) -> bool:
    return "é".encode(encoding, "replace") == b"\xc3\xa9"


def split_row(line: str) -> list[str]:
    """RETURNS (list[str]): Columns, separated by tabs if the row has any, else by spaces."""
    # str.split() would also cut tokens at no-break spaces and the like
    line = line.strip(" \t\r\n")
    if "\t" not in line:
        fields = line.split(" ")
    elif " " in line:
        fields = [field.strip(" ") for field in line.split("\t")]
    else:
        fields = line.split("\t")
    return [field for field in fields if field] if "" in fields else fields


def is_comment(line: str, fields: list[str], columns: int) -> bool:
    """Whether a line that starts with `# ` is a comment and not the token `#`."""
    return len(fields) > columns or KEY_AND_VALUE.match(line) is not None


class Tag(NamedTuple):
    """A tag of any scheme in the letters of BILOU.

    kind (str): B, I, L, U, or O for what is outside.
    label (str): The entity type; empty outside.
    """

    kind: str
    label: str


NOTHING = Tag("O", "")


def parse_tag(raw: str, scheme: str) -> Tag | None:
    """RETURNS (Tag | None): What a tag means; None if the scheme has no such tag."""
    if raw in (*OUTSIDE, EDGE, UNTAGGED):
        return NOTHING
    letter, label = ("", raw) if scheme == "bare" else raw.partition("-")[::2]
    kind = SCHEMES[scheme].get(letter)
    return Tag(kind, label) if kind and TYPE.fullmatch(label) else None


def may_follow(tag: Tag, previous: Tag, scheme: str) -> bool:
    """Whether the scheme allows one tag after another; a sentence's edges count as outside."""
    is_open = previous.kind in "BI"
    connected = is_open and tag.label == previous.label
    if scheme in ("IO", "bare"):
        return True
    if scheme == "IOB1":  # B- only divides neighbours of one type
        return connected or tag.kind != "B"
    if scheme == "BIO":
        return connected or tag.kind != "I"
    return connected if tag.kind in "IL" else not is_open


class Occurrences:
    """How often something occurs, and the first lines where it does."""

    __slots__ = ("count", "lines")

    def __init__(self) -> None:
        self.count = 0
        self.lines: list[int] = []

    def add(self, line: int) -> None:
        self.count += 1
        if self.count <= MAX_PROBLEMS:
            self.lines.append(line)


# a tag and the tag after it, as the file has them or one of the places without a tag
Pairs = dict[tuple[str, str], Occurrences]
Fault = tuple[str, Occurrences]


def detect_scheme(pairs: Pairs) -> str:
    """RETURNS (str): The scheme with the fewest faults; of equals the first in `SCHEMES`."""
    tags: Counter[str] = Counter()
    for (_, raw), pair in pairs.items():
        if raw not in (*OUTSIDE, EDGE, UNTAGGED, BROKEN):
            tags[raw] += pair.count
    prefixed = sum(count for raw, count in tags.items() if PREFIXED.fullmatch(raw))
    if 2 * prefixed < tags.total():
        return "bare"

    def count_faults(scheme: str) -> int:
        return sum(where.count for _, where in find_faults(pairs, scheme))

    return min((name for name, letters in SCHEMES.items() if "B" in letters), key=count_faults)


def find_faults(pairs: Pairs, scheme: str, detected: bool = False) -> list[Fault]:
    """Find tags that the scheme does not have and sequences that it does not allow.

    detected (bool): Whether the scheme is a guess. Types like `B-cell` are not guessed then:
        they may as well be tags of another scheme.
    RETURNS (list[Fault]): What is wrong, and where.
    """
    suffix = f"(scheme {scheme}{', detected' if detected else ''})"
    faults = []
    for (raw_previous, raw), pair in pairs.items():
        if raw is BROKEN:
            continue
        tag, previous = parse_tag(raw, scheme), parse_tag(raw_previous, scheme)
        doubtful = detected and scheme == "bare" and LIKE_PREFIXED.match(raw)
        if tag is None or doubtful:
            message = f"found tag {shorten(raw)}, expected {describe_tags(scheme)}"
            if doubtful:
                message += " without a prefix; --scheme bare takes it for a type"
        elif previous is None or may_follow(tag, previous, scheme):
            continue
        else:
            message = describe_sequence(raw, raw_previous, tag, previous, scheme)
        faults.append((f"{message} {suffix}", pair))
    return faults


def describe_tags(scheme: str) -> str:
    *tags, last = [f"{letter}-TYPE" if letter else "TYPE" for letter in SCHEMES[scheme]]
    return f"{', '.join(('O', *tags))} or {last}"


def describe_sequence(raw: str, raw_previous: str, tag: Tag, previous: Tag, scheme: str) -> str:
    """RETURNS (str): What was found, and what the scheme allows in its place."""
    letters = {kind: letter for letter, kind in SCHEMES[scheme].items()}
    found = {EDGE: "the end of the sentence", UNTAGGED: "a row without a tag"}
    place = {EDGE: "at the start of a sentence", UNTAGGED: "after a row without a tag"}
    message = f"found {found.get(raw) or shorten(raw)} "
    message += place.get(raw_previous) or f"after {shorten(raw_previous)}"
    if scheme == "IOB1":
        return f"{message}, expected I-{tag.label}: B- only divides neighbours of one type"
    if "L" in letters and previous.kind in "BI":
        label = previous.label
        return f"{message}, expected {letters['I']}-{label} or {letters['L']}-{label}"
    return f"{message}, expected B-{tag.label} or {letters['I']}-{tag.label} before it"


def shorten(text: str) -> str:
    """RETURNS (str): The text in quotes, without the end of a very long one."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


class Problems:
    """The first problems of a file, and the number of all."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[tuple[int, str]] = []

    def add(self, line: int, message: str) -> None:
        self.count += 1
        if self.count <= MAX_PROBLEMS:
            self.first.append((line, message))

    def raise_with(self, faults: list[Fault], path: Path) -> None:
        """Raise these and the faults of the tags as one error, if there are any."""
        count = self.count + sum(where.count for _, where in faults)
        places = [(line, message) for message, where in faults for line in where.lines]
        shown = sorted(self.first + places)[:MAX_PROBLEMS]
        lines = [f"{path}:{line}: {message}" for line, message in shown]
        if count > len(shown):
            lines.append(f"and {count - len(shown)} more problems in {path}")
        if lines:
            raise ValueError(";\n".join(lines))
