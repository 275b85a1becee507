"""Annotated files to spaCy's .spacy files, divided into splits."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy

from adaptive_spacy.data.corpus import rank
from adaptive_spacy.data.docbin import Shard, Shards, find_norm
from adaptive_spacy.data.publish import aside, list_others, publish
from adaptive_spacy.data.readers.formats import check_options, find_format, open_source
from adaptive_spacy.data.source import Sentence, Source
from adaptive_spacy.data.splits import Pool
from adaptive_spacy.printable import one_line

SHARD_SIZE = 100_000
SPLIT_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


class Input(NamedTuple):
    """A file to convert, and the split that it goes to as a whole; None: it joins the pool."""

    path: Path
    split: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Input":
        """Read `PATH` or `SPLIT=PATH`. A path with an = in its first part is taken for one where
        it exists and the part behind the = does not, or where it is written `./a=b`."""
        split, found, path = text.partition("=")
        is_whole = Path(text).exists() and not Path(path).exists()
        if found and SPLIT_NAME.fullmatch(split) and not is_whole:
            return cls(Path(path), split)
        return cls(Path(text))


@dataclass
class SplitSummary:
    """Counts of one split.

    docs (int): Items: sentences, or documents of several.
    missing (int): Tokens without annotation.
    """

    docs: int = 0
    sentences: int = 0
    tokens: int = 0
    missing: int = 0
    entities: Counter[str] = field(default_factory=Counter)

    def add(self, sentence: Sentence) -> None:
        self.docs += 1
        self.sentences += len(sentence.sent_starts or "1")
        self.tokens += len(sentence.words)
        self.missing += len(sentence.missing)
        self.entities.update(label for _, _, label in sentence.ents)


@dataclass
class Summary:
    """What a conversion read and wrote.

    output (Path): The folder.
    files (list[Source]): What was read.
    splits (dict[str, SplitSummary]): Counts by split.
    shared (Counter[tuple[str, ...]]): Texts that occur in several splits, by these splits.
    left_out (int): Items of the pool that fell in no split.
    former (list[str]): What lies in `output` from before.
    """

    output: Path
    files: list[Source]
    splits: dict[str, SplitSummary] = field(default_factory=dict)
    shared: Counter[tuple[str, ...]] = field(default_factory=Counter)
    left_out: int = 0
    former: list[str] = field(default_factory=list)

    def header(self) -> list[str]:
        return ["", *self.splits]

    def rows(self) -> list[list[str]]:
        """RETURNS (list[list[str]]): A table under `header`: totals, then a row per type."""
        splits = list(self.splits.values())
        counts: dict[str, list[int]] = {
            self.unit: [split.docs for split in splits],
            "sentences": [split.sentences for split in splits],
            "tokens": [split.tokens for split in splits],
            "entities": [split.entities.total() for split in splits],
        }
        if self.unit == "texts":
            del counts["sentences"]
        if any(split.missing for split in splits):
            counts["not annotated"] = [split.missing for split in splits]
        rows = [[name, *(f"{number:,}" for number in numbers)] for name, numbers in counts.items()]
        for label in sorted(set().union(*(split.entities for split in splits))):
            counted = (f"{split.entities[label]:,}" for split in splits)
            rows.append([f"- {one_line(label)}", *counted])
        return rows

    @property
    def unit(self) -> str:
        """RETURNS (str): What one item is."""
        groups = {getattr(file, "group", "") for file in self.files}
        if groups == {"sentences"}:
            return "sentences"
        return "texts" if "" in groups else "documents"

    def notes(self) -> list[str]:
        """RETURNS (list[str]): What the files were read as, and what was mended in which."""
        names: dict[str, list[str]] = {}
        for file in self.files:
            names.setdefault(file.describe(), []).append(file.path.name)
        lines = [f"{found}: {shorten_list(files)}" for found, files in names.items()]
        lines += [
            f"Repaired in {file.path.name}: {count:,} {kind}"
            for file in self.files
            for kind, count in sorted(file.repairs.items())
        ]
        return lines

    def warnings(self) -> list[str]:
        """RETURNS (list[str]): What the user should know about the result, a line each."""
        lines = []
        if self.shared:
            parts = ", ".join(
                f"{count:,} in {' and '.join(names)}"
                for names, count in sorted(self.shared.items())
            )
            lines.append(f"Texts that occur in more than one split: {parts}")
        if self.left_out:
            lines.append(
                f"{self.unit.capitalize()} in no split, as the shares sum to less than 1: "
                f"{self.left_out:,}"
            )
        if self.former:
            lines.append(f"Left from before in {self.output}: {shorten_list(self.former)}")
        return lines


def convert(
    inputs: Iterable[Input | str | Path],
    output: str | Path,
    *,
    format: str = "auto",
    split: Mapping[str, float] | None = None,
    stratify: bool = True,
    seed: int = 0,
    shard_size: int = SHARD_SIZE,
    lang: str = "xx",
    progress: bool = False,
    **options: Any,
) -> Summary:
    """Write `output`/SPLIT.spacy for every split: one doc per sentence, with its own tokens.

    A split of more than `shard_size` docs becomes a folder SPLIT of files 000.spacy, 001.spacy and
    so on, which `spacy.Corpus.v1` and `adaptive_spacy.Corpus.v1` read as one corpus. So does one
    that is too large for the memory; no more than one shard per split is held there.

    The same input gives the same bytes. After an error nothing is written, and what lay in
    `output` is untouched.

    inputs (Iterable[Input | str | Path]): The files. Those without a split are the pool that
        `split` divides; with no `split` each is one of its own, named like the file.
    output (str | Path): A folder; it is made if need be.
    format (str): One of `FORMATS`, or "auto": for each file the one that it has.
    split (Mapping[str, float] | None): Shares of the pool by name, e.g. `{"train": 0.8, "dev":
        0.2}`, in the order in which they are filled. The sentences are drawn by a hash of seed and
        text, so all copies of a text are in one split, on every platform.
    stratify (bool): Divide each entity type by these shares, see `Pool.divide`.
    seed (int): Another seed gives an unrelated division.
    shard_size (int): The most docs of a file.
    lang (str): The language of the text, as in `spacy.blank`.
    progress (bool): Show progress bars.
    options: How the files are read; see `FORMATS` and the classes there.
    RETURNS (Summary): Counts, and what is worth a warning.
    RAISES (ValueError): Bad arguments, or the problems of the first file that has any.
    """
    sources = [item if isinstance(item, Input) else Input(Path(item)) for item in inputs]
    output = Path(output)
    _check_arguments(sources, output, split, shard_size)
    formats = [find_format(source.path, format) for source in sources]
    check_options(formats, options)
    norm = find_norm(lang)
    files = [
        open_source(source.path, format=name, progress=progress, lang=lang, **options)
        for source, name in zip(sources, formats, strict=True)
    ]
    if split:
        names = [source.split or "" for source in sources]
        pool = [file for file, name in zip(files, names, strict=True) if not name]
        drawn = _draw_splits(pool, split, stratify, seed)
    else:
        names = [source.split or source.path.stem for source in sources]
        drawn = iter(())

    summary = Summary(output, files)
    summary.splits.update((name, SplitSummary()) for name in (*(split or ()), *filter(None, names)))
    ranks = {name: array("Q") for name in summary.splits}
    make_shard = partial(Shard, norm)
    with aside(output) as folder:
        shards = {name: Shards(folder, name, shard_size, make_shard) for name in summary.splits}
        for file, whole in zip(files, names, strict=True):
            for sentence in file:
                name = whole or next(drawn)
                if not name:
                    summary.left_out += 1
                    continue
                summary.splits[name].add(sentence)
                ranks[name].append(rank(seed, sentence.text))
                shards[name].add(sentence)
        for one in shards.values():
            one.close()
        publish(folder, output)
    summary.shared.update(count_shared(ranks))
    summary.former = list_others(output, summary.splits)
    return summary


def _draw_splits(
    pool: list[Source], split: Mapping[str, float], stratify: bool, seed: int
) -> Iterator[str]:
    """RETURNS (Iterator[str]): The split of each sentence, in order; nothing for none."""
    drawn = Pool()
    for file in pool:
        for sentence in file:
            drawn.add(rank(seed, sentence.text), (label for _, _, label in sentence.ents))
    names = [*split, ""]  # NO_SPLIT is the last
    return (names[number] for number in drawn.divide(split, stratify=stratify))


def count_shared(ranks: Mapping[str, "array[int]"]) -> Counter[tuple[str, ...]]:
    """Count the texts that several splits have.

    ranks (Mapping[str, array[int]]): The rank of each text, by split.
    RETURNS (Counter[tuple[str, ...]]): Different texts, by their splits.
    """
    each = [numpy.unique(numpy.frombuffer(found, dtype=numpy.uint64)) for found in ranks.values()]
    texts, counts = numpy.unique(numpy.concatenate(each), return_counts=True)
    texts = texts[counts > 1]
    shared = numpy.stack([numpy.isin(texts, one, assume_unique=True) for one in each])
    names = list(ranks)
    found, counts = numpy.unique(shared, axis=1, return_counts=True)
    return Counter(
        {
            tuple(name for name, has in zip(names, column, strict=True) if has): int(count)
            for column, count in zip(found.T, counts, strict=True)
        }
    )


def parse_split(text: str) -> dict[str, float]:
    """Read the shares of a division, e.g. `train=0.8,dev=0.2`.

    RAISES (ValueError): What is not of that form. The numbers are checked by `check_split`.
    """
    split: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = (piece.strip() for piece in part.partition("="))
        try:
            number = float(share)
        except ValueError:
            raise ValueError(
                f"--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got {part!r}"
            ) from None
        if name in split:
            raise ValueError(f"--split: expected each name once, got {name!r} twice")
        split[name] = number
    return split


def check_split(split: Mapping[str, float]) -> list[str]:
    """RETURNS (list[str]): What is wrong with the shares of a division."""
    faults = []
    for name, share in split.items():
        if SPLIT_NAME.fullmatch(name) is None:
            faults.append(f"expected names of letters, digits, - and _, got {name!r}")
        if not 0.0 < share <= 1.0:
            faults.append(f"expected shares in (0, 1], got {name}={share}")
    # a few units in the last place of sums such as 0.7 + 0.15 + 0.15
    if not faults and sum(split.values()) > 1.0 + 1e-9:
        faults.append(f"expected shares that sum to at most 1, got {sum(split.values()):g}")
    return faults


def _check_arguments(
    sources: list[Input], output: Path, split: Mapping[str, float] | None, shard_size: int
) -> None:
    if not sources:
        raise ValueError("expected a file to convert, got none")
    if shard_size < 1:
        raise ValueError(f"--shard-size: expected a number from 1, got {shard_size}")
    if output.exists() and not output.is_dir():
        raise ValueError(f"{output}: expected a folder to write to, found a file")
    pool = [source.path for source in sources if source.split is None]
    for path in pool:
        if not path.exists() and not path.suffix:
            raise ValueError(
                f"{path}: expected a file to convert, found nothing; is it the name of a data set? "
                "Then add --datasets assets/datasets.yml"
            )
    if split is not None:
        faults = check_split(split)
        if not pool:
            faults.append("expected an input without SPLIT= to divide, got none")
        if faults:
            raise ValueError("; ".join(f"--split: {fault}" for fault in faults))
        return
    names = Counter(path.stem for path in pool)
    names.update({source.split for source in sources if source.split})
    for name, count in names.items():
        if count > 1:
            raise ValueError(
                f"expected one input for {name}.spacy, got {count}: write {name}=PATH for each to "
                "join them, or divide them all with --split"
            )


def shorten_list(names: list[str]) -> str:
    """RETURNS (str): The first names, and how many more."""
    more = len(names) - 5
    return ", ".join(names[:5]) + (f" and {more} more" if more > 0 else "")
