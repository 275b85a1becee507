from pathlib import Path

import spacy
from transformers import AutoTokenizer

from adaptive_spacy.training.batching import make_buckets_v1
from adaptive_spacy.transformer.lengths import make_piece_lengths_v1
from tests.batches import padding
from tests.conftest import SENTENCES

TEXTS = [text for text, _ in SENTENCES] + ["", "Ada " * 400]


def test_lengths_are_those_of_the_tokenizer(transformer_folder: Path) -> None:
    nlp = spacy.blank("xx")
    tokenizer = AutoTokenizer.from_pretrained(transformer_folder)
    lengths = make_piece_lengths_v1(str(transformer_folder), {"use_fast": True})
    docs = [nlp.make_doc(text) for text in TEXTS]
    expected = [len(tokenizer(text, verbose=False)["input_ids"]) for text in TEXTS]
    assert lengths(docs) == expected
    assert lengths(docs[3:1:-1]) == expected[3:1:-1]


def test_lengths_count_a_doc_once_and_let_it_go(transformer_folder: Path) -> None:
    nlp = spacy.blank("xx")
    lengths = make_piece_lengths_v1(str(transformer_folder))
    docs = [nlp.make_doc(text) for text in TEXTS]
    lengths(docs)
    lengths.pieces.tokenizer = None  # whoever is counted again fails
    assert len(lengths(docs)) == len(docs)
    del docs
    assert not lengths._known


def test_buckets_by_pieces_hold_less_padding(transformer_folder: Path) -> None:
    nlp = spacy.blank("xx")
    lengths = make_piece_lengths_v1(str(transformer_folder))
    # as many tokens, but unknown words are one piece and long ones several
    docs = [nlp.make_doc(" ".join(["Ada", "ZZZ" * (1 + i % 7)] * 4)) for i in range(64)]
    by_tokens, by_pieces = make_buckets_v1(8), make_buckets_v1(8, lengths=lengths)
    assert padding(by_pieces(docs), lengths) < padding(by_tokens(docs), lengths)
