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
    """Join the sentences of a document, or so many of them at a time. Spaces are known where those
    of all its sentences are.

    sentences (Iterator[tuple[int, Sentence]]): Sentences with the number of their document.
    size (int | None): The most sentences of one item; None: no limit.
    """
    unit: list[Sentence] = []
    current = -1
    for document, sentence in sentences:
        if unit and (document != current or len(unit) == size):
            yield merge(unit)
            unit = []
        current = document
        unit.append(sentence)
    if unit:
        yield merge(unit)


def merge(sentences: list[Sentence]) -> Sentence:
    """RETURNS (Sentence): Sentences as one, which keeps where they start."""
    whole = Sentence([], [], [], [], [])
    spaces: list[bool] | None = []
    starts: list[int] = []
    for words, ents, missing, known, _ in sentences:
        offset = len(whole.words)
        starts.append(offset)
        whole.words.extend(words)
        whole.ents.extend((start + offset, end + offset, label) for start, end, label in ents)
        whole.missing.extend(i + offset for i in missing)
        spaces = None if spaces is None or known is None else spaces + known
    return whole._replace(spaces=spaces, sent_starts=starts)
