"""What in a corpus will hurt a training."""

from collections.abc import Iterator

from adaptive_spacy.data.oddities import find_oddities
from adaptive_spacy.data.stats.corpus_statistics import Statistics
from adaptive_spacy.data.stats.split_files import SPLIT_NAMES, TRAIN
from adaptive_spacy.data.validation import DEV_NAMES, describe_noise

#: Examples below which a type is hardly learnt
FEW_EXAMPLES = 10


def find_warnings(statistics: Statistics) -> Iterator[str]:
    """YIELDS (str): What will hurt a training, a line each."""
    yield from _size_warnings(statistics)
    train = statistics.splits.get(TRAIN)
    if train is not None and train.entities:
        yield from _type_warnings(statistics)
    yield from _shared_warnings(statistics)
    yield from _token_warnings(statistics)


def _size_warnings(statistics: Statistics) -> Iterator[str]:
    splits = statistics.splits
    for name, split in splits.items():
        if not split.documents:
            yield f"{name} has no document"
        elif name == TRAIN and not split.entities:
            yield f"{name} has no entity: there is nothing to learn"
        else:
            yield from find_oddities(
                name, documents=split.documents, types=split.types(), longest=split.longest
            )
    for name in sorted(splits.keys() & DEV_NAMES):
        split = splits[name]
        line = describe_noise(name, documents=split.documents, entities=split.types().total())
        if line:
            yield line


def _shared_warnings(statistics: Statistics) -> Iterator[str]:
    for one in statistics.shared:
        first, second = one.splits
        if one.is_whole and second not in SPLIT_NAMES:
            continue
        documents = statistics.splits[second].documents
        yield (
            f"{second} shares {one.documents:,} of {documents:,} texts ({one.share:.1%}) with "
            f"{first}: scores on {second} are too good; e.g. {one.example}"
        )


def _token_warnings(statistics: Statistics) -> Iterator[str]:
    for name, split in statistics.splits.items():
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
