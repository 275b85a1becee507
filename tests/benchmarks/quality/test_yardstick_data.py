"""Sentences that the yardstick reads, and the pieces that it makes of them."""

import re

import pytest
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from benchmarks.quality import yardstick_data
from benchmarks.quality.yardstick_data import IGNORED
from tests.benchmarks.quality.yardsticks import LABELS, SENTENCES, make_doc


def test_read_docs_samples_train_and_dev_only(corpus):
    docs = yardstick_data.read_docs(corpus, 0.5)
    assert {split: len(docs[split]) for split in docs} == {"train": 2, "dev": 2, "test": 4}


def test_read_docs_skips_empty_docs(corpus):
    DocBin(docs=[Doc(Vocab()), make_doc(*SENTENCES[0])]).to_disk(corpus / "train.spacy")
    assert [doc.text for doc in yardstick_data.read_docs(corpus, 1.0)["train"]] == [
        "It rains in Lisbon . "
    ]


def test_read_docs_names_missing_file(corpus):
    (corpus / "dev.spacy").unlink()
    message = f"corpus: expected {corpus / 'dev.spacy'}, which does not exist"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        yardstick_data.read_docs(corpus, 1.0)


def test_bio_tags_need_full_annotation():
    with pytest.raises(ValueError, match="expected full annotation, but it lacks some in 'It "):
        yardstick_data.bio_tags(Doc(Vocab(), words=["It", "rains"]))


def test_bio_labels_need_entities():
    with pytest.raises(ValueError, match="expected entities to learn"):
        yardstick_data.bio_labels([make_doc("It rains", "O O")])


@pytest.mark.parametrize(
    ("text", "tags", "max_pieces", "first_pieces", "tokens", "targets"),
    [
        # [CLS] nokia(2) lisbon(2) makes [SEP]
        ("Nokia Lisbon makes", "B-ORG I-ORG O", 128, [1, 3, 5], [0, 1, 2], [3, 4, 0]),
        # cut after five pieces, special ones included
        ("Nokia Lisbon makes", "B-ORG I-ORG O", 5, [1, 3], [0, 1], [3, 4]),
        # a zero-width space has no word piece
        ("Nokia \u200b makes", "B-ORG O O", 128, [1, 3], [0, 2], [3, 0]),
        # a tag that the model lacks
        ("Nokia makes", "B-FOOD O", 128, [1, 3], [0, 1], [IGNORED, 0]),
    ],
)
def test_encode_labels_first_pieces(
    tokenizer, text, tags, max_pieces, first_pieces, tokens, targets
):
    sentence = yardstick_data.encode(make_doc(text, tags), tokenizer, LABELS, max_pieces)
    assert sentence.first_pieces == first_pieces
    assert sentence.tokens == tokens
    assert [sentence.targets[piece] for piece in first_pieces] == targets
    rest = [t for i, t in enumerate(sentence.targets) if i not in first_pieces]
    assert rest == [IGNORED] * (len(sentence.piece_ids) - len(first_pieces))
