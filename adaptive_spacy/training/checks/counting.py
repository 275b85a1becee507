"""What the checks count in a corpus, read as the training will read it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from spacy.tokens import Doc, Span
from spacy.training import Example

from adaptive_spacy.data.oddities import measure
from adaptive_spacy.data.shared_texts import text_key
from adaptive_spacy.ner.gold import align_gold
from adaptive_spacy.training.checks.edges import Edges
from adaptive_spacy.training.checks.windows import Window

#: Records that are named one by one
NAMED = 20


@dataclass
class CorpusCounts:
    """What was counted in the corpus of one split, as the training reads it.

    edges (Edges): Entities with an edge that cannot be predicted.
    unended (int): The most tokens of a document of which no ends of sentences are known.
    """

    name: str
    reader: Any
    edges: Edges
    lengths: list[int] = field(default_factory=list)
    texts: Counter[int] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    misaligned: int = 0
    named: list[str] = field(default_factory=list)
    cut: int = 0
    cut_example: str = ""
    truncated: int = 0
    beyond: int = 0
    longest: int = 0
    unended: int = 0

    def __len__(self) -> int:
        return len(self.lengths)


def count_documents(
    corpus: CorpusCounts, examples: Iterable[Example], windows: Sequence[Window]
) -> Iterator[Example]:
    for number, example in enumerate(examples, start=1):
        reference = example.reference
        corpus.lengths.append(len(example.predicted))
        corpus.unended = max(corpus.unended, measure(reference))
        corpus.texts[text_key(reference.text)] += 1
        corpus.types.update(ent.label_ for ent in reference.ents)
        corpus.edges.look(number, example)
        _, lost = align_gold(example)
        if lost:
            corpus.misaligned += lost
            corpus.named += _misaligned(corpus, number, example)
        for window in windows:
            _count_window(corpus, number, example, window)
        yield example


def _misaligned(corpus: CorpusCounts, number: int, example: Example) -> Iterator[str]:
    for ent in islice(example.reference.ents, NAMED):
        if not example.get_aligned_spans_y2x([ent]):
            tokens = " | ".join(
                token.text
                for token in example.predicted
                if token.idx < ent.end_char and token.idx + len(token) > ent.start_char
            )
            yield (
                f"[{corpus.name}] document {number}: the {ent.label_} {ent.text!r}, characters "
                f"{ent.start_char} to {ent.end_char}, does not fit the tokens {tokens}"
            )


def _count_window(corpus: CorpusCounts, number: int, example: Example, window: Window) -> None:
    doc = example.predicted
    (spans,) = window.get_spans([doc])
    if len(spans) != 1 or len(spans[0]) != len(doc):
        for ent in example.get_aligned_spans_y2x(example.reference.ents):
            if not any(span.start <= ent.start and ent.end <= span.end for span in spans):
                corpus.cut += 1
                corpus.cut_example = corpus.cut_example or (
                    f"document {number}, the {ent.label_} of {len(ent)} tokens {_quote(ent)}"
                )
    _count_pieces(corpus, spans, window)


def _count_pieces(corpus: CorpusCounts, spans: Sequence[Span], window: Window) -> None:
    limits = [one for one in (window.limit, window.positions) if one]
    if window.pieces is None or not limits:
        return
    # no tokenizer makes more pieces than bytes, words and its special ones: few need be counted
    doubtful = [
        span.text for span in spans if len(span.text.encode()) + len(span) + 8 > min(limits)
    ]
    for count in window.pieces.count(doubtful):
        corpus.longest = max(corpus.longest, count)
        if window.limit and count > window.limit:
            corpus.truncated += 1
            count = window.limit
        corpus.beyond += window.positions is not None and count > window.positions


def _quote(span: Span | Doc) -> str:
    text = " ".join(span.text.split())
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
