"""What becomes one doc: a sentence, a document, or so many sentences."""

from collections.abc import Iterator

from adaptive_spacy.data.source import Sentence


def parse_group(group: str | int) -> str | int:
    """RETURNS (str | int): "sentences", "documents", or a number of sentences.
    RAISES (ValueError): Anything else."""
    if group in ("sentences", "documents"):
        return group
    try:
        size = int(group)
    except ValueError:
        size = 0
    if size < 1:
        raise ValueError(
            f"--group: expected sentences, documents or a number of sentences, got {group!r}"
        )
    return size


def join(sentences: Iterator[tuple[int, Sentence]], size: int | None) -> Iterator[Sentence]:
    """Join the sentences of a document, or so many of them at a time.

    sentences (Iterator[tuple[int, Sentence]]): Sentences with the number of their document.
    size (int | None): The most sentences of one item; None: no limit.
    """
    unit = Sentence([], [], [], None, [])
    current = -1
    for document, (words, ents, missing, _, _) in sentences:
        starts = unit.sent_starts or []
        if starts and (document != current or len(starts) == size):
            yield unit
            unit = Sentence([], [], [], None, [])
        current, offset = document, len(unit.words)
        unit.words.extend(words)
        unit.ents.extend((start + offset, end + offset, label) for start, end, label in ents)
        unit.missing.extend(i + offset for i in missing)
        assert unit.sent_starts is not None
        unit.sent_starts.append(offset)
    if unit.words:
        yield unit
