"""The same pieces for each token as spacy-transformers finds character by character."""

import numpy
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy_transformers.align import get_alignment_via_offset_mapping
from spacy_transformers.layers.transformer_model import huggingface_tokenize
from spacy_transformers.span_getters import get_strided_spans
from transformers import AutoTokenizer

from adaptive_spacy.transformer import piece_alignment
from adaptive_spacy.transformer.piece_alignment import align, token_starts
from tests.tiers import examples

NLP = spacy.blank("xx")


def assert_same_alignment(docs: list[Doc], offsets, window: int = 128, stride: int = 96) -> None:
    nested = get_strided_spans(docs, window, stride)
    spans = [span for one in nested for span in one]
    mapping = offsets(spans)
    expected = get_alignment_via_offset_mapping(spans, mapping)
    _, first = token_starts(nested)
    found = align(spans, mapping, first)
    assert found.lengths.tolist() == expected.lengths.tolist()
    assert found.data.tolist() == expected.data.tolist()
    assert (found.data.dtype, found.lengths.dtype) == (expected.data.dtype, expected.lengths.dtype)


@pytest.fixture(scope="module")
def offsets(transformer_folder):
    tokenizer = AutoTokenizer.from_pretrained(transformer_folder)
    return lambda spans: huggingface_tokenize(tokenizer, [span.text for span in spans])[
        "offset_mapping"
    ]


TEXTS = [
    "Ada lives in Paris .",
    "  two  spaces\n\nand lines\t. ",
    "don't U.S.A. e.g. 3.5km/h",
    "a",
    "\u200b zero width \u200b",
    "日本 naïve ☃ emoji 👩‍👩‍👧 end",
]


@pytest.mark.parametrize("text", TEXTS)
def test_alignment_of_texts(text: str, offsets) -> None:
    assert_same_alignment([NLP(text)], offsets)


def test_alignment_of_a_batch_with_empty_docs_and_windows(offsets) -> None:
    docs = [NLP(text) for text in ["", TEXTS[0] * 4, " ", TEXTS[2], "", TEXTS[5] * 3]]
    assert_same_alignment(docs, offsets, window=5, stride=3)


@st.composite
def pieces(draw, length: int):
    """Any pieces that a tokenizer could give, in order: gaps, empty ones, leading spaces."""
    cuts = sorted(draw(st.lists(st.integers(0, length), max_size=12)))
    found = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return [(0, 0), *found, (0, 0)]


@examples(300)
@given(st.data())
def test_alignment_of_any_offsets(data) -> None:
    text = st.text("ab .\n'", min_size=1, max_size=20)
    docs = [NLP(one) for one in data.draw(st.lists(text, min_size=1, max_size=4))]

    def offsets(spans):
        rows = [data.draw(pieces(len(span.text))) for span in spans]
        width = max(map(len, rows))
        return numpy.array([row + [(0, 0)] * (width - len(row)) for row in rows])

    assert_same_alignment(docs, offsets, window=4, stride=3)


def test_alignment_reads_a_doc_once_however_many_spans_it_has(offsets, monkeypatch) -> None:
    read: list[Doc] = []
    tokens = piece_alignment._tokens
    monkeypatch.setattr(piece_alignment, "_tokens", lambda doc: read.append(doc) or tokens(doc))
    docs = [NLP(" ".join(TEXTS) * 5), NLP(""), NLP(TEXTS[0])]
    assert_same_alignment(docs, offsets, window=4, stride=3)
    assert read == [docs[0], docs[2]]
