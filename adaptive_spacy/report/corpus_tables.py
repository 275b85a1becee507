"""What is in a corpus, as tables for the terminal."""

from wasabi import table

from adaptive_spacy.data.stats.corpus_statistics import Statistics
from adaptive_spacy.data.stats.split_counts import QUANTILES, Lengths
from adaptive_spacy.printable import one_line

#: Rows of the table of label noise
SHOWN_HINTS = 10


def render(statistics: Statistics) -> str:
    """RETURNS (str): Counts by split, lengths, and words with more than one reading."""
    parts = [_counts(statistics), _lengths(statistics)]
    if statistics.noise:
        parts.append(_noise(statistics))
    return "\n".join(parts)


def _counts(statistics: Statistics) -> str:
    splits = statistics.splits
    types = {name: split.types() for name, split in splits.items()}
    rows = [["documents", *(f"{split.documents:,}" for split in splits.values())]]
    rows.append(["sentences", *(f"{split.sentences:,}" for split in splits.values())])
    rows.append(["tokens", *(f"{split.n_tokens:,}" for split in splits.values())])
    if any(split.missing for split in splits.values()):
        rows.append(["not annotated", *(f"{split.missing:,}" for split in splits.values())])
    rows.append(["entities", *(f"{types[name].total():,}" for name in splits)])
    for label in statistics.types():
        cells = [_part(types[name][label], types[name].total()) for name in splits]
        rows.append([f"- {one_line(label)}", *cells])
    unseen = {name: statistics.unseen(name) for name in splits}
    if any(count is not None for count in unseen.values()):
        cells = [
            "" if (count := unseen[name]) is None else _part(count, types[name].total())
            for name in splits
        ]
        rows.append(["entities not in train", *cells])
    cells = [_part(split.duplicates(), split.documents) for split in splits.values()]
    rows.append(["duplicates", *cells])
    rows.append(["touching, same type", *(f"{split.touching:,}" for split in splits.values())])
    aligns = ("l", *"r" * len(splits))
    header = ["", *map(one_line, splits)]
    return table(rows, header=header, divider=True, aligns=aligns)


def _lengths(statistics: Statistics) -> str:
    header = ["length in", "split", *(f"{100 * share:g} %" for share in QUANTILES)]
    header += ["longest", "over"]
    rows = []
    for name, split in statistics.splits.items():
        rows.append(["tokens", one_line(name), *_length_cells(split.tokens, statistics.window)])
    for name, split in statistics.splits.items():
        if split.pieces.counts:
            rows.append(
                ["word pieces", one_line(name), *_length_cells(split.pieces, statistics.limit)]
            )
    return table(rows, header=header, divider=True, aligns=("l", "l", *"r" * (len(header) - 2)))


def _length_cells(lengths: Lengths, limit: int | None) -> list[str]:
    over = "" if limit is None else f"{lengths.over(limit):,} over {limit}"
    quantiles = [str(lengths.quantile(share)) for share in QUANTILES]
    return [*quantiles, str(lengths.longest()), over]


def _noise(statistics: Statistics) -> str:
    rows = []
    for text, one in statistics.noise[:SHOWN_HINTS]:
        labels = [f"{label} {count}" for label, count in one.labels.most_common()]
        readings = ", ".join([*labels, f"none {one.unlabelled}"] if one.unlabelled else labels)
        cells = (text[:25], readings[:40], str(one.odd_place)[:70])
        rows.append([one_line(cell) for cell in cells])
    header = [f"{statistics.noisy:,} ambiguous", "labelled as", "the rarest, for example"]
    return table(rows, header=header, divider=True)


def _part(count: int, total: int) -> str:
    return f"{count:,} ({count / total:.0%})" if total else f"{count:,}"
