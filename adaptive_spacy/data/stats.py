"""What is in a corpus, and what in it will hurt a training.

Two passes over the files, document by document. What stays in memory: 8 bytes a document, the
number of documents of each length, and the different entities with their counts.
"""

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy
from spacy.tokens import Doc
from spacy.training.corpus import FILE_TYPE, walk_corpus
from spacy.util import minibatch
from spacy.vocab import Vocab
from tqdm import tqdm

from adaptive_spacy.data.convert import Input
from adaptive_spacy.data.corpus import rank, read_docs
from adaptive_spacy.data.label_noise import LabelNoise, Readings
from adaptive_spacy.data.validation import DEV_NAMES, describe_noise
from adaptive_spacy.transformer.tokenizer import WordPieces

TRAIN = "train"
SPLIT_NAMES = {TRAIN, "test", *DEV_NAMES}
QUANTILES = (0.5, 0.9, 0.99)
WINDOW = 128
#: Examples below which a type is hardly learnt
FEW_EXAMPLES = 10
#: Hints at noise that the report names
HINTS = 50
#: Documents that are cut into word pieces at once
BATCH = 256


@dataclass
class Lengths:
    """How many documents have each length. counts (Counter[int]): Documents by length."""

    counts: Counter[int] = field(default_factory=Counter)

    def mean(self) -> float:
        total = sum(length * count for length, count in self.counts.items())
        return total / max(1, self.counts.total())

    def longest(self) -> int:
        return max(self.counts, default=0)

    def quantile(self, share: float) -> int:
        """RETURNS (int): The smallest length that at least this share of the documents keeps to."""
        needed, seen = math.ceil(share * self.counts.total()), 0
        for length in sorted(self.counts):
            seen += self.counts[length]
            if seen >= needed:
                return length
        return 0

    def over(self, limit: int) -> int:
        """RETURNS (int): Documents that are longer."""
        return sum(count for length, count in self.counts.items() if length > limit)

    def to_dict(self, limit: int | None) -> dict[str, Any]:
        quantiles = {f"{100 * share:g} %": self.quantile(share) for share in QUANTILES}
        return {
            "mean": round(self.mean(), 2),
            "quantiles": quantiles,
            "longest": self.longest(),
            "limit": limit,
            "over_limit": None if limit is None else self.over(limit),
        }


@dataclass
class Split:
    """Counts of one split.

    sentences (int): Documents without sentence boundaries count as one.
    missing (int): Tokens without annotation.
    entities (Counter[tuple[str, str]]): Entities by words and type.
    tokens, pieces (Lengths): Lengths of the documents; `pieces` with a transformer only.
    touching (int): Entities that begin where one of the same type ends.
    keys (array): A hash of each document's text.
    """

    files: list[Path]
    sentences: int = 0
    missing: int = 0
    entities: Counter[tuple[str, str]] = field(default_factory=Counter)
    tokens: Lengths = field(default_factory=Lengths)
    pieces: Lengths = field(default_factory=Lengths)
    touching: int = 0
    touching_example: str | None = None
    keys: "array[int]" = field(default_factory=lambda: array("Q"))

    @property
    def documents(self) -> int:
        return len(self.keys)

    @property
    def n_tokens(self) -> int:
        return sum(length * count for length, count in self.tokens.counts.items())

    def types(self) -> Counter[str]:
        """RETURNS (Counter[str]): Entities by type."""
        counts: Counter[str] = Counter()
        for (_, label), count in self.entities.items():
            counts[label] += count
        return counts

    def duplicates(self) -> int:
        """RETURNS (int): Documents whose text came before in the split."""
        return self.documents - len(numpy.unique(_array(self.keys)))

    def add(self, doc: Doc, words: Sequence[str], place: str) -> None:
        self.keys.append(rank(0, doc.text))
        self.tokens.counts[len(doc)] += 1
        self.sentences += len(list(doc.sents)) if doc.has_annotation("SENT_START") else 1
        self.missing += int((doc.to_array("ENT_IOB") == 0).sum())
        ents = doc.ents
        for ent in ents:
            self.entities[" ".join(words[ent.start : ent.end]), ent.label_] += 1
        for one, two in pairwise(ents):
            if one.end == two.start and one.label_ == two.label_:
                self.touching += 1
                self.touching_example = self.touching_example or (
                    f"{one.text} | {two.text} ({one.label_}, {place})"
                )


@dataclass
class Shared:
    """Texts that two splits have in common.

    splits (tuple[str, str]): The two.
    documents (int): Documents of the second whose text is in the first.
    share (float): Of the second's documents, in [0, 1].
    is_whole (bool): Whether the second has all texts of the first: as what the first was drawn
        from, as all.spacy beside train.spacy.
    example (str | None): One of the texts.
    """

    splits: tuple[str, str]
    documents: int
    share: float
    is_whole: bool = False
    example: str | None = None


@dataclass
class Statistics:
    """What a corpus holds.

    splits (dict[str, Split]): By name, train first.
    shared (list[Shared]): Pairs of splits with texts in common.
    noise (list[tuple[str, Readings]]): Words with more than one reading, most frequent first.
    noisy (int): Number of all such words.
    window (int): Tokens that the transformer reads at once.
    transformer (str | None): Whose word pieces were counted.
    limit (int | None): Most word pieces that it takes.
    others (list[Path]): Corpora in the same folder, which were left out.
    """

    splits: dict[str, Split]
    shared: list[Shared]
    noise: list[tuple[str, Readings]]
    noisy: int
    window: int
    transformer: str | None
    limit: int | None
    others: list[Path] = field(default_factory=list)

    def types(self) -> list[str]:
        """RETURNS (list[str]): Entity types, the most frequent first."""
        counts: Counter[str] = Counter()
        for split in self.splits.values():
            counts.update(split.types())
        return sorted(counts, key=lambda label: (-counts[label], label))

    def unseen(self, name: str) -> int | None:
        """RETURNS (int | None): Entities of a split whose words are no entity in train; None for
        train itself and without one."""
        if name == TRAIN or TRAIN not in self.splits:
            return None
        seen = {text for text, _ in self.splits[TRAIN].entities}
        return sum(n for (text, _), n in self.splits[name].entities.items() if text not in seen)

    def to_dict(self) -> dict[str, Any]:
        """RETURNS (dict): All of it as JSON-serializable values."""
        return {
            "splits": {name: self._split(name) for name in self.splits},
            "shared_texts": [
                {
                    "splits": list(one.splits),
                    "documents": one.documents,
                    "share": round(one.share, 4),
                    "example": one.example,
                }
                for one in self.shared
            ],
            "label_noise": {
                "texts": self.noisy,
                "most_frequent": [
                    {
                        "text": text,
                        "labels": dict(sorted(one.labels.items())),
                        "unlabelled": one.unlabelled,
                        "example": str(one.odd_place),
                    }
                    for text, one in self.noise
                ],
            },
            "window": self.window,
            "transformer": self.transformer,
            "warnings": list(find_warnings(self)),
        }

    def _split(self, name: str) -> dict[str, Any]:
        split = self.splits[name]
        return {
            "files": [path.as_posix() for path in split.files],
            "documents": split.documents,
            "sentences": split.sentences,
            "tokens": split.n_tokens,
            "not_annotated": split.missing,
            "entities": split.types().total(),
            "types": {label: split.types()[label] for label in self.types()},
            "unseen_in_train": self.unseen(name),
            "duplicates": split.duplicates(),
            "touching": split.touching,
            "touching_example": split.touching_example,
            "tokens_per_document": split.tokens.to_dict(self.window),
            "word_pieces_per_document": split.pieces.to_dict(self.limit)
            if self.transformer
            else None,
        }


def collect(
    paths: Sequence[str | Path],
    *,
    transformer: str | None = None,
    window: int = WINDOW,
    progress: bool = False,
) -> Statistics:
    """Read a corpus.

    paths (Sequence[str | Path]): .spacy files or folders, see `find_splits`.
    transformer (str | None): Folder or hub name whose tokenizer counts word pieces.
    window (int): Tokens that the transformer reads at once: `window` of the strided spans.
    progress (bool): Show progress bars.
    RETURNS (Statistics): The counts.
    RAISES (ValueError): If a file is missing or broken, or there is no such transformer.
    """
    if window < 1:
        raise ValueError(f"--window: expected a number >= 1, got {window}")
    splits = {name: Split(files) for name, files in find_splits(paths).items()}
    pieces = WordPieces(transformer) if transformer else None
    noise = LabelNoise()

    def count(name: str, file: str, docs: Sequence[tuple[int, Doc]]) -> None:
        split = splits[name]
        for number, doc in docs:
            words = [token.text for token in doc]
            split.add(doc, words, f"{file}, document {number}")
            noise.add(doc, words, file, number)
        if pieces:
            split.pieces.counts.update(pieces.count([doc.text for _, doc in docs]))

    _walk(splits, count, "Counting", progress)
    shared = [found for pair in combinations(splits, 2) if (found := _compare(splits, pair))]
    common = [(one, _common(splits, one.splits)) for one in shared]

    def look(name: str, file: str, docs: Sequence[tuple[int, Doc]]) -> None:
        for number, doc in docs:
            noise.seek(doc, [token.text for token in doc], file, number)
            for one, keys in common:
                if one.splits[1] == name and not one.example and rank(0, doc.text) in keys:
                    text = " ".join(doc.text.split())
                    one.example = f"{file}, document {number}: {_shorten(text)}"

    _walk(splits, look, "Comparing", progress)
    noisy = list(noise.most_frequent())
    return Statistics(
        splits,
        shared,
        noisy[:HINTS],
        len(noisy),
        window,
        transformer,
        pieces.limit if pieces else None,
        [other for path in paths for other in find_others(Path(path))],
    )


def find_splits(paths: Sequence[str | Path]) -> dict[str, list[Path]]:
    """Find the splits of a corpus.

    paths (Sequence[str | Path]): NAME=PATH: a split; a file: a split named like it; a folder: a
        split per file and per folder of files in it, but for corpora of their own, see
        `find_others`; or, if it is named train, dev or test, one split of all its files.
    RETURNS (dict[str, list[Path]]): Files by name: train, dev, test, then the others.
    RAISES (ValueError): If a path holds no .spacy file, or two have the same name.
    """
    splits: dict[str, list[Path]] = {}
    for given in map(str, paths):
        path, name = Input.parse(given)
        pairs = [(name, path)] if name else list(_children(path))
        if not pairs and (others := list(find_others(path))):
            raise ValueError(
                f"{path}: expected a corpus, found several, each of its own: name one of "
                f"{', '.join(map(str, others))}"
            )
        pairs = pairs or [(given, path)]
        for split, one in pairs:
            if split in splits:
                raise ValueError(
                    f"expected one path for each split, got two for {split}; name them, e.g. "
                    f"{split}={given}"
                )
            splits[split] = _files(one)
    if not splits:
        raise ValueError(f"expected a {FILE_TYPE} file or a folder of them, got none")
    order = [TRAIN, *sorted(DEV_NAMES), "test"]
    known = [name for name in order if name in splits]
    return {name: splits[name] for name in [*known, *sorted(splits.keys() - set(known))]}


def find_warnings(statistics: Statistics) -> Iterator[str]:
    """YIELDS (str): What will hurt a training, a line each."""
    splits = statistics.splits
    for name, split in splits.items():
        if not split.documents:
            yield f"{name} has no document"
        elif name == TRAIN and not split.entities:
            yield f"{name} has no entity: there is nothing to learn"
    for name in sorted(splits.keys() & DEV_NAMES):
        split = splits[name]
        line = describe_noise(name, documents=split.documents, entities=split.types().total())
        if line:
            yield line
    if TRAIN in splits and splits[TRAIN].entities:
        yield from _type_warnings(statistics)
    for one in statistics.shared:
        first, second = one.splits
        if one.is_whole and second not in SPLIT_NAMES:
            continue
        yield (
            f"{second} shares {one.documents:,} of {splits[second].documents:,} texts "
            f"({one.share:.1%}) with {first}: scores on {second} are too good; e.g. {one.example}"
        )
    for name, split in splits.items():
        if split.missing:
            yield (
                f"{name}: {split.missing:,} of {split.n_tokens:,} tokens are not annotated; they "
                "are neither learnt nor scored"
            )
        over = split.pieces.over(statistics.limit) if statistics.limit else 0
        if over:
            yield (
                f"{name}: {over:,} documents have more word pieces than the {statistics.limit} "
                "that the transformer takes; what a window has beyond them gets no vector"
            )


def _type_warnings(statistics: Statistics) -> Iterator[str]:
    train = statistics.splits[TRAIN].types()
    few = [f"{label} ({train[label]})" for label in sorted(train) if train[label] < FEW_EXAMPLES]
    if few:
        yield (
            f"{TRAIN} has under {FEW_EXAMPLES} examples of {', '.join(few)}: hardly enough to "
            "learn; join rare types or label more"
        )
    for name, split in statistics.splits.items():
        types = split.types()
        only = [f"{label} ({types[label]})" for label in sorted(types) if label not in train]
        if only:
            yield f"{name} has types that {TRAIN} lacks, which can only be missed: " + ", ".join(
                only
            )
        if name in DEV_NAMES and types:
            without = [label for label in sorted(train) if label not in types]
            if without:
                yield f"{name} has no entity of {', '.join(without)}: nothing validates it"


def _walk(
    splits: Mapping[str, Split],
    visit: Callable[[str, str, Sequence[tuple[int, Doc]]], None],
    action: str,
    progress: bool,
) -> None:
    """Call `visit(split, file, numbered docs)` for batches of all documents."""
    for name, split in splits.items():
        for path in split.files:
            # a vocabulary of its own, so that strings of the files before do not stay
            docs = tqdm(
                read_docs(path, Vocab()),
                desc=f"{action} {path.name}",
                unit=" documents",
                leave=False,
                delay=1,
                disable=None if progress else True,
            )
            for batch in minibatch(enumerate(docs, start=1), BATCH):
                visit(name, path.name, batch)


def _children(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name.removesuffix(FILE_TYPE), path
        return
    inner = [one for one in sorted(path.iterdir()) if not one.name.startswith(".")]
    if path.resolve().name in SPLIT_NAMES:
        yield path.resolve().name, path
        return
    others = set(find_others(path))
    for one in inner:
        if one.is_dir() and any(one.rglob(f"*{FILE_TYPE}")) and one not in others:
            yield one.name, one
        elif one.name.endswith(FILE_TYPE):
            yield one.name.removesuffix(FILE_TYPE), one


def find_others(path: Path) -> Iterator[Path]:
    """YIELDS (Path): Folders in a corpus that are corpora themselves, as corpus/sample is in
    corpus: they hold train, dev or test. Their texts are no split of this one."""
    inner = sorted(path.iterdir()) if path.is_dir() else []
    if path.resolve().name in SPLIT_NAMES:
        return
    for one in inner:
        if one.is_dir() and not one.name.startswith(".") and one.name not in SPLIT_NAMES:
            names = {found.name.removesuffix(FILE_TYPE) for found in one.iterdir()}
            if names & SPLIT_NAMES:
                yield one


def _files(path: Path) -> list[Path]:
    if not path.exists() or (path.is_file() and not path.name.endswith(FILE_TYPE)):
        found = "nothing" if not path.exists() else "another file"
        raise ValueError(f"{path}: expected a {FILE_TYPE} file or a folder of them, found {found}")
    files = (
        []
        if path.is_dir() and not any(path.rglob(f"*{FILE_TYPE}"))
        else walk_corpus(path, FILE_TYPE)
    )
    if not files:
        raise ValueError(f"{path}: expected a folder of {FILE_TYPE} files, found none in it")
    return files


def _compare(splits: Mapping[str, Split], pair: tuple[str, str]) -> Shared | None:
    first, second = (_array(splits[name].keys) for name in pair)
    count = int(numpy.isin(second, first).sum())
    is_whole = bool(numpy.isin(first, second).all())
    return Shared(pair, count, count / len(second), is_whole) if count else None


def _common(splits: Mapping[str, Split], pair: tuple[str, str]) -> set[int]:
    first, second = (_array(splits[name].keys) for name in pair)
    return set(numpy.intersect1d(first, second).tolist())


def _array(keys: "array[int]") -> numpy.ndarray:
    return numpy.frombuffer(keys, dtype=numpy.uint64) if keys else numpy.zeros(0, numpy.uint64)


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
