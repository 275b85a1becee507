"""Which word pieces belong to which token, for a whole batch at once.

The rule is that of spacy-transformers (`align.pyx`, 1.4.0): a token owns its characters and the one
after it, unless the next token begins there; a piece belongs to every token that owns one of its
characters. There it is found character by character in Python; here by two searches in sorted
arrays.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy
from numpy.typing import NDArray
from spacy.tokens import Doc, Span
from thinc.types import Ragged

Ints = NDArray[numpy.int64]


def align(spans: Sequence[Span], offsets: NDArray[numpy.integer], first_token: Ints) -> Ragged:
    """Align tokens with word pieces.

    spans (Sequence[Span]): Stretches of text, not empty; they may overlap.
    offsets (array): Character offsets of each word piece in its span's text, start and end; equal
        for special pieces and padding. *Shape:* (n_spans, n_pieces, 2)
    first_token (array): Position of each span's first token among all tokens of the batch, and at
        last the number of those tokens. *Shape:* (n_spans + 1,)
    RETURNS (Ragged): Per token of the batch the indices of its pieces among all n_spans * n_pieces
        of the padded batch, ascending.
    """
    begins, ends, tokens, bases = _owned_characters(spans, first_token)
    starts_at, ends_at = (offsets + bases[:-1, None, None]).reshape(-1, 2).T
    # what lies behind a span's last character belongs to nobody, or would count for the next span
    ends_at = numpy.minimum(ends_at, numpy.repeat(bases[1:], offsets.shape[1]))
    pieces = numpy.flatnonzero(starts_at < ends_at)
    first = numpy.searchsorted(ends, starts_at[pieces], side="right")
    last = numpy.searchsorted(begins, ends_at[pieces], side="left")
    counts = numpy.maximum(last - first, 0)
    owners = tokens[_ranges(first, counts)]
    owned = numpy.repeat(pieces, counts)
    order = numpy.argsort(owners, kind="stable")
    lengths = numpy.bincount(owners, minlength=first_token[-1])
    return Ragged(owned[order].astype("i"), lengths.astype("i"))  # type: ignore[arg-type]


def _owned_characters(spans: Sequence[Span], first_token: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """The characters that each token of each span owns, in one row for the whole batch.

    RETURNS (tuple): Begin and end per token, its position in the batch, and where each span's text
        begins in the row; the last is where all end.
    """
    begins, ends, tokens, bases = [], [], [], [0]
    doc, of_doc = None, numpy.zeros((0, 2), dtype=numpy.int64)
    for span, first in zip(spans, first_token[:-1], strict=True):
        base = bases[-1]
        # once per doc: a long one has many spans
        if span.doc is not doc:
            doc, of_doc = span.doc, _tokens(span.doc)
        offsets, lengths = of_doc[span.start : span.end].T
        starts = offsets - span.start_char + base
        begins.append(starts)
        stops = starts + lengths + 1
        stops[:-1] = numpy.minimum(stops[:-1], starts[1:])
        ends.append(stops)
        tokens.append(numpy.arange(first, first + len(span)))
        bases.append(base + len(span.text) + 1)
    return (
        numpy.concatenate(begins),
        numpy.concatenate(ends),
        numpy.concatenate(tokens),
        numpy.asarray(bases),
    )


def _tokens(doc: Doc) -> Ints:
    """RETURNS (array): First character and length of each token. *Shape:* (n_tokens, 2)"""
    return doc.to_array(["IDX", "LENGTH"]).astype(numpy.int64)


def _ranges(starts: Ints, counts: Ints) -> Ints:
    """RETURNS (array): starts[0], starts[0] + 1, ... (counts[0] of them), starts[1], ..."""
    shifts = numpy.cumsum(counts) - counts
    return numpy.arange(counts.sum()) + numpy.repeat(starts - shifts, counts)


def token_starts(spans_of_docs: Sequence[Sequence[Span]]) -> tuple[Ints, Ints]:
    """Positions in a batch: tokens are numbered doc by doc, docs without spans take no part.

    spans_of_docs (Sequence): The spans of each doc.
    RETURNS (tuple): Position of each doc's first token, *shape:* (n_docs + 1,); position of each
        span's first token and the number of all tokens, *shape:* (n_spans + 1,)
    """
    sizes = [len(spans[0].doc) if spans else 0 for spans in spans_of_docs]
    docs = numpy.concatenate([[0], numpy.cumsum(sizes)]).astype(numpy.int64)
    first = [
        start + span.start
        for (start, _), spans in zip(pairwise(docs.tolist()), spans_of_docs, strict=True)
        for span in spans
    ]
    return docs, numpy.asarray([*first, docs[-1]], dtype=numpy.int64)
