"""Write .spacy files as CoNLL or JSONL, so that reading them again gives the same."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

from spacy.vocab import Vocab
from tqdm import tqdm

from adaptive_spacy.data.corpus import read_docs
from adaptive_spacy.data.publish import is_shards
from adaptive_spacy.data.readers.annotation_tools import check_string, read_span
from adaptive_spacy.data.readers.conll_columns import DOCSTART, is_comment, split_row
from adaptive_spacy.data.readers.formats import list_files
from adaptive_spacy.data.schemes import NOTHING, decode, encode, find_scheme, parse_tag
from adaptive_spacy.data.source import Problems, Sentence, read_doc, shorten
from adaptive_spacy.files import replacing, require_other

#: What no row can hold
LINE_ENDS = "\n\r\0"
SUFFIXES = {
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".tsv": "conll",
    ".txt": "conll",
    ".jsonl": "jsonl",
}


@dataclass
class Exported:
    """What was written.

    output (Path): The file.
    docs (int), tokens (int), entities (int): How many.
    missing (int): Tokens without annotation.
    spaced (int): Docs whose spaces between tokens are known.
    longest (int): Sentences of the doc that has most.
    """

    output: Path
    format: str
    docs: int = 0
    tokens: int = 0
    entities: int = 0
    missing: int = 0
    spaced: int = 0
    longest: int = 0

    def add(self, sentence: Sentence) -> None:
        self.docs += 1
        self.tokens += len(sentence.words)
        self.entities += len(sentence.ents)
        self.missing += len(sentence.missing)
        self.spaced += sentence.spaces is not None
        self.longest = max(self.longest, len(sentence.sent_starts or "1"))

    def notes(self) -> list[str]:
        """RETURNS (list[str]): How to read it back, and what it could not hold."""
        lines = []
        if self.format == "conll":
            if self.missing:
                lines.append(
                    f"Tokens without annotation: {self.missing:,}, written without a tag; "
                    "--missing-tag mask reads them back"
                )
            if self.longest > 1:
                lines.append("--group documents reads the documents back")
            if self.spaced:
                lines.append(
                    f"CoNLL does not say which tokens are divided by a space, as {self.spaced:,} "
                    "docs do; JSONL does"
                )
        return lines


def export(
    path: str | Path,
    output: str | Path,
    *,
    format: str = "auto",
    scheme: str = "BIO",
    progress: bool = False,
) -> Exported:
    """Write the docs of a .spacy file, one after the other, as text that `convert` reads.

    path (str | Path): A .spacy file, or a folder of shards as `convert` writes it.
    output (str | Path): The file to write. After an error it is as it was.
    format (str): "conll", "jsonl", or "auto": as the name of the output ends.
    scheme (str): The tag scheme of CoNLL, one of `SCHEMES`.
    progress (bool): Show a progress bar.
    RETURNS (Exported): Counts.
    RAISES (ValueError): If the format cannot hold the docs, with the first 20 problems.
    """
    path, output = Path(path), Path(output)
    require_other(output, [path])
    if format == "auto":
        format = SUFFIXES.get(output.suffix.lower(), "")
    if format not in ("conll", "jsonl"):
        raise ValueError(
            f"{output}: expected a name that ends in .conll or .jsonl, or --format conll or jsonl"
        )
    if output.is_dir():
        raise ValueError(f"{output}: expected a file to write to, found a folder")
    files = list_shards(path)
    exported = Exported(output, format)
    write = write_jsonl
    if format == "conll":
        writer = ConllWriter(find_scheme(scheme))
        writer.check(path, read_sentences(files, "Checking", progress))
        write = writer.write
    problems = Problems(" doc ")
    with replacing(output) as aside:
        with aside.open("w", encoding="utf8", newline="\n") as stream:
            for sentence in read_sentences(files, "Writing", progress):
                exported.add(sentence)
                if format == "jsonl":
                    for problem in find_unreadable(sentence):
                        problems.add(exported.docs, problem)
                write(sentence, stream)
        problems.raise_any(path)
    return exported


def list_shards(path: Path) -> list[Path]:
    """RETURNS (list[Path]): The .spacy files of one split, in order.
    RAISES (ValueError): If the path is neither a file nor a folder of shards."""
    if not path.is_dir():
        return [path]
    if not is_shards(path):
        raise ValueError(
            f"{path}: expected a .spacy file, or a folder of its shards 000.spacy, 001.spacy, ..., "
            f"found a folder of {list_files(path)}"
        )
    return sorted(path.iterdir())


def read_sentences(files: list[Path], action: str, progress: bool) -> Iterator[Sentence]:
    """Yield the docs of all files as sentences, one file in memory at a time."""
    with tqdm(
        desc=action, unit=" docs", leave=False, delay=1, disable=None if progress else True
    ) as bar:
        for path in files:
            # a vocabulary each, so that the words of all do not pile up
            for doc in read_docs(path, Vocab()):
                yield read_doc(doc)
                bar.update()


# --- JSONL -----------------------------------------------------------------------------------


def write_jsonl(sentence: Sentence, stream: TextIO) -> None:
    """Write a doc as a line of JSON in the shape of Prodigy, with what that shape lacks: `missing`,
    the tokens without annotation; `sent_starts`, the first token of each sentence; and
    `has_unknown_spaces`, if the spaces of the text are none of the source."""
    stream.write(json.dumps(make_record(sentence), ensure_ascii=False, separators=(",", ":")))
    stream.write("\n")


def find_unreadable(sentence: Sentence) -> Iterator[str]:
    """YIELDS (str): What `convert` would refuse in the doc's line, as it says it."""
    try:
        check_string(sentence.text, "the text")
    except ValueError as error:
        yield str(error)
    for label in sorted({label for _, _, label in sentence.ents}):
        try:
            read_span([0, 1, label])
        except ValueError as error:
            yield f"{error}; rename the type"


def make_record(sentence: Sentence) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): What `write_jsonl` writes."""
    words, ents, missing, known_spaces, sent_starts = sentence
    spaces = known_spaces if known_spaces is not None else [True] * len(words)
    tokens = []
    at = 0
    for i, (word, space) in enumerate(zip(words, spaces, strict=True)):
        end = at + len(word)
        tokens.append({"text": word, "start": at, "end": end, "id": i, "ws": space})
        at = end + space
    record: dict[str, Any] = {
        "text": "".join(word + " " * space for word, space in zip(words, spaces, strict=True)),
        "tokens": tokens,
        "spans": [
            {
                "start": tokens[start]["start"],
                "end": tokens[end - 1]["end"],
                "token_start": start,
                "token_end": end - 1,
                "label": label,
            }
            for start, end, label in ents
        ],
    }
    if missing:
        record["missing"] = missing
    if sent_starts is not None:
        record["sent_starts"] = sent_starts
    if known_spaces is None:
        record["has_unknown_spaces"] = True
    return record


# --- CoNLL -----------------------------------------------------------------------------------


class ConllWriter:
    """Writes sentences as rows of a token, a tab and its tag.

    scheme (str): One of `SCHEMES`.
    """

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.has_documents = False
        self._is_first = True
        self._parse = lru_cache(maxsize=10_000)(lambda raw: parse_tag(raw, scheme))

    def check(self, path: Path, sentences: Iterator[Sentence]) -> None:
        """Find what rows cannot hold, and whether documents must be divided.

        path (Path): Where the sentences come from, for the messages.
        RAISES (ValueError): The first 20 problems, each with the number of its doc.
        """
        problems = Problems(" doc ")
        tags = number = 0
        for number, sentence in enumerate(sentences, 1):
            for problem in self._find_problems(sentence):
                problems.add(number, problem)
            tags += len(sentence.words) - len(sentence.missing)
            self.has_documents |= len(sentence.sent_starts or "1") > 1
        problems.raise_any(path)
        if not tags:
            found = f"{number:,} without any annotation" if number else "none"
            raise ValueError(f"{path}: expected docs with tags to write as CoNLL, found {found}")

    def write(self, sentence: Sentence, stream: TextIO) -> None:
        """Write the rows of a sentence, or of the sentences of a document."""
        tags = encode(sentence.ents, len(sentence.words), self.scheme)
        rows = [f"{word}\t{tag}\n" for word, tag in zip(sentence.words, tags, strict=True)]
        for i in sentence.missing:
            rows[i] = f"{sentence.words[i]}\n"
        if not self._is_first:
            stream.write("\n")
        self._is_first = False
        if self.has_documents:
            stream.write(f"{DOCSTART}\tO\n\n")
        for start in (sentence.sent_starts or [0])[1:]:
            rows[start] = f"\n{rows[start]}"
        stream.writelines(rows)

    def _find_problems(self, sentence: Sentence) -> Iterator[str]:
        words, ents, missing, _, sent_starts = sentence
        if not words:
            yield "found no token, expected some"
        for word in words:
            if not is_writable(word, tagged=True):
                yield f"found the token {shorten(word)}, which CoNLL cannot hold; JSONL can"
        for i in missing:
            if is_writable(words[i], tagged=True) and not is_writable(words[i], tagged=False):
                yield (
                    f"found the token {shorten(words[i])} without annotation, which CoNLL cannot "
                    "hold; JSONL can"
                )
        tags = encode(ents, len(words), self.scheme)
        unknown = sorted({label for start, _, label in ents if not self._holds(tags[start], label)})
        for label in unknown:
            yield f"found the type {shorten(label)}, which no tag of {self.scheme} can hold"
        if self.scheme in ("IO", "bare") and not unknown:
            meanings = {raw: self._parse(raw) or NOTHING for raw in tags}
            if decode(tags, meanings) != ents:
                yield (
                    "found neighbours of one type, which the scheme would join; --scheme BIO keeps "
                    "them apart"
                )
        firsts = set(sent_starts or ())
        if any(firsts & set(range(start + 1, end)) for start, end, _ in ents if firsts):
            yield "found an entity across a sentence boundary, which CoNLL cannot hold; JSONL can"

    def _holds(self, raw: str, label: str) -> bool:
        if any(char in raw for char in LINE_ENDS):
            return False
        tag = self._parse(raw)
        return tag is not None and tag.label == label and split_row(f"a\t{raw}") == ["a", raw]


@lru_cache(maxsize=100_000)
def is_writable(word: str, *, tagged: bool) -> bool:
    """Whether a row of this word is read as one again."""
    fields = [word, "O"] if tagged else [word]
    row = "\t".join(fields)
    is_one_line = not any(char in word for char in LINE_ENDS)
    is_row = not row.startswith((DOCSTART, "\ufeff")) and not (
        row.startswith("# ") and is_comment(row, fields, 2)
    )
    return is_one_line and is_row and split_row(row) == fields
