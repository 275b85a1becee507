"""Annotated files to spaCy's .spacy files, divided into splits."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from spacy.tokens import DocBin
from spacy.util import get_lang_class
from spacy.vocab import Vocab, create_vocab

from adaptive_spacy.data.conll import ConllFile, Sentence, make_doc
from adaptive_spacy.training.corpus import rank

SPLIT_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
# what the docs are annotated with; spaCy adds the tokens themselves
ATTRIBUTES = ("ENT_IOB", "ENT_TYPE")


class Input(NamedTuple):
    """A file to convert, and the split that it goes to as a whole; None: it joins the pool."""

    path: Path
    split: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Input":
        """Read `PATH` or `SPLIT=PATH`. A path with an = in its first part is written `./a=b`."""
        split, found, path = text.partition("=")
        if found and SPLIT_NAME.fullmatch(split):
            return cls(Path(path), split)
        return cls(Path(text))


@dataclass
class SplitSummary:
    """Counts of one split. `missing` (int): tokens without annotation."""

    sentences: int = 0
    tokens: int = 0
    missing: int = 0
    entities: Counter[str] = field(default_factory=Counter)

    def add(self, sentence: Sentence) -> None:
        self.sentences += 1
        self.tokens += len(sentence.words)
        self.missing += len(sentence.missing)
        self.entities.update(label for _, _, label in sentence.ents)


@dataclass
class Summary:
    """What a conversion read and wrote.

    output (Path): The folder.
    files (list[ConllFile]): What was read.
    splits (dict[str, SplitSummary]): Counts by split.
    shared (Counter[tuple[str, ...]]): Texts that occur in several splits, by these splits.
    left_out (int): Sentences of the pool that fell in no split.
    former (list[str]): Splits that lie in `output` from before.
    """

    output: Path
    files: list[ConllFile]
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
            "sentences": [split.sentences for split in splits],
            "tokens": [split.tokens for split in splits],
            "entities": [split.entities.total() for split in splits],
        }
        if any(split.missing for split in splits):
            counts["not annotated"] = [split.missing for split in splits]
        rows = [[name, *(f"{number:,}" for number in numbers)] for name, numbers in counts.items()]
        for label in sorted(set().union(*(split.entities for split in splits))):
            rows.append([f"- {label}", *(f"{split.entities[label]:,}" for split in splits)])
        return rows

    def notes(self) -> list[str]:
        """RETURNS (list[str]): The tag scheme of the files, a line per scheme."""
        names: dict[str, list[str]] = {}
        for file in self.files:
            scheme = f"{file.scheme} (detected)" if file.detected else file.scheme
            names.setdefault(scheme, []).append(file.path.name)
        return [f"Scheme {scheme}: {_shorten(files)}" for scheme, files in names.items()]

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
                f"Sentences in no split, as the shares sum to less than 1: {self.left_out:,}"
            )
        if self.former:
            files = _shorten([f"{name}.spacy" for name in self.former])
            lines.append(f"Left from before in {self.output}: {files}")
        return lines


def convert(
    inputs: Iterable[Input | str | Path],
    output: str | Path,
    *,
    split: Mapping[str, float] | None = None,
    seed: int = 0,
    scheme: str = "auto",
    missing_tag: str | None = None,
    lang: str = "xx",
    encoding: str = "utf-8",
    token_column: int = 0,
    tag_column: int = -1,
    progress: bool = False,
) -> Summary:
    """Write `output`/SPLIT.spacy for every split: one doc per sentence, with its own tokens.

    The same input gives the same bytes. After an error nothing is written, and what lay in
    `output` is untouched.

    inputs (Iterable[Input | str | Path]): The files. Those without a split are the pool that
        `split` divides; with no `split` each is one of its own, named like the file.
    output (str | Path): A folder; it is made if need be.
    split (Mapping[str, float] | None): Shares of the pool by name, e.g. `{"train": 0.8, "dev":
        0.2}`, in the order in which they are filled. The sentences are drawn by a hash of seed and
        text, so all copies of a text are in one split, on every platform.
    seed (int): Another seed gives an unrelated division.
    scheme, missing_tag, encoding, token_column, tag_column: See `ConllFile`.
    lang (str): The language whose vocabulary the docs get, as in `spacy.blank`.
    progress (bool): Show progress bars.
    RETURNS (Summary): Counts, and what is worth a warning.
    RAISES (ValueError): Bad arguments, or the problems of the first file that has any.
    """
    sources = [item if isinstance(item, Input) else Input(Path(item)) for item in inputs]
    output = Path(output)
    _check_arguments(sources, output, split)
    vocab = _make_vocab(lang)
    files = [
        ConllFile(
            source.path,
            scheme=scheme,
            missing_tag=missing_tag,
            token_column=token_column,
            tag_column=tag_column,
            encoding=encoding,
            progress=progress,
        )
        for source in sources
    ]
    if split:
        pool = [file for file, source in zip(files, sources, strict=True) if not source.split]
        keys = Counter(rank(seed, sentence.text) for file in pool for sentence in file)
        division = divide(keys, split)
        names = [source.split or "" for source in sources]
    else:
        division = {}
        names = [source.split or source.path.stem for source in sources]

    summary = Summary(output, files)
    bins = {name: DocBin(attrs=ATTRIBUTES) for name in (*(split or ()), *filter(None, names))}
    summary.splits.update((name, SplitSummary()) for name in bins)
    places: dict[int, set[str]] = {}  # the splits of each text
    for file, whole in zip(files, names, strict=True):
        for sentence in file:
            key = rank(seed, sentence.text)
            name = whole or division.get(key, "")
            if not name:
                summary.left_out += 1
                continue
            summary.splits[name].add(sentence)
            bins[name].add(make_doc(sentence, vocab))
            places.setdefault(key, set()).add(name)
    summary.shared.update(
        tuple(name for name in bins if name in found) for found in places.values() if len(found) > 1
    )
    write_bins(bins, output)
    summary.former = sorted({path.stem for path in output.glob("*.spacy")} - set(bins))
    return summary


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


def divide(counts: Mapping[int, int], split: Mapping[str, float]) -> dict[int, str]:
    """Fill the splits one after the other, in the order of the texts' ranks.

    counts (Mapping[int, int]): The number of sentences by the rank of their text.
    split (Mapping[str, float]): Shares of the sentences; copies of a text stay together.
    RETURNS (dict[int, str]): The split of each rank. What is beyond the last is left out.
    RAISES (ValueError): A split that gets nothing.
    """
    total = sum(counts.values())
    names = list(split)
    ends = [round(share * total) for share in accumulate(split.values())]
    division: dict[int, str] = {}
    taken = 0
    for key in sorted(counts):
        if taken < ends[-1]:
            division[key] = names[bisect_right(ends, taken)]
        taken += counts[key]
    for name in names:
        if name not in division.values():
            raise ValueError(
                f"--split: expected something for each split, but {name}={split[name]:g} of "
                f"{total} sentences is none"
            )
    return division


def write_bins(bins: Mapping[str, DocBin], output: Path) -> None:
    """Write NAME.spacy for each bin; all of them or, after an error, none.

    output (Path): The folder; files of the same names are replaced, others stay.
    """
    for name in bins:
        if (output / f"{name}.spacy").is_dir():
            raise ValueError(f"{output / name}.spacy: expected a file to replace, found a folder")
    # inside of a folder that exists: beside it may be another file system, or not writable
    beside = output if output.exists() else output.parent
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside, prefix=f".{output.name}-") as aside:
        folder = Path(aside) / "splits"
        folder.mkdir()  # with the usual permissions; those of a temporary folder are strict
        for name, docs in bins.items():
            docs.to_disk(folder / f"{name}.spacy")
        if not output.exists():
            folder.rename(output)
            return
        for path in sorted(folder.iterdir()):
            path.replace(output / path.name)


def _check_arguments(sources: list[Input], output: Path, split: Mapping[str, float] | None) -> None:
    if not sources:
        raise ValueError("expected a file to convert, got none")
    if output.exists() and not output.is_dir():
        raise ValueError(f"{output}: expected a folder to write to, found a file")
    pool = [source.path for source in sources if source.split is None]
    for path in pool:
        if not path.exists() and not path.suffix:
            raise ValueError(
                f"{path}: expected a CoNLL file, found nothing; is it the name of a data set? "
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


def _make_vocab(lang: str) -> Vocab:
    # not spacy.blank(): the tokenizers of some languages need packages that nothing here uses
    try:
        return create_vocab(lang, get_lang_class(lang).Defaults)
    except ImportError:
        raise ValueError(
            f"--lang: expected a language of spaCy, e.g. en, or xx for any, got {lang!r}"
        ) from None


def _shorten(names: list[str]) -> str:
    """RETURNS (str): The first names, and how many more."""
    more = len(names) - 5
    return ", ".join(names[:5]) + (f" and {more} more" if more > 0 else "")
