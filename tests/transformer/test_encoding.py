"""The same word pieces, arrays and strings as spacy-transformers makes, for every tokenizer."""

from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy_transformers.data_classes import WordpieceBatch
from spacy_transformers.layers.transformer_model import huggingface_tokenize
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from adaptive_spacy.transformer.encoding import encode
from tests.tiers import examples, sliced
from tests.transformer.architectures import ARCHITECTURES, make

TEXTS = [
    "Ada lives in Paris .",
    "a",
    "",
    " ",
    "it  rains\nin London",
    "東京 isn't Åre ☃ 👩‍👩‍👧",
    "[PAD] of <pad> and [UNK]",
    "Ada " * 40,
]
NAMES = sliced(["bert", "xlm-roberta", "gpt2", "xlnet", "modernbert"], of=ARCHITECTURES)


def assert_same(tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> None:
    expected = dict(huggingface_tokenize(tokenizer, texts))
    found = encode(tokenizer, texts)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        if isinstance(values, numpy.ndarray):
            assert numpy.array_equal(found[name], values), name
            assert found[name].dtype == values.dtype, name
        else:
            assert found[name] == values, name
    ours, theirs = map(WordpieceBatch.from_batch_encoding, (found, expected))
    assert ours.lengths == theirs.lengths
    assert numpy.array_equal(ours.attention_mask, theirs.attention_mask)


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("name", NAMES)
def test_encoding_of_every_tokenizer(name: str, side: str, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(make(name, tmp_path / name))
    if not tokenizer.is_fast:
        pytest.skip("the network's forward pass leaves slow tokenizers to spacy-transformers")
    tokenizer.padding_side = side
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    assert_same(tokenizer, TEXTS)
    assert_same(tokenizer, TEXTS[:1])
    # and where it was told to cut and to pad, as files of tokenizers may have it
    expected = huggingface_tokenize(tokenizer, TEXTS)["input_ids"]
    tokenizer(TEXTS, padding="max_length", max_length=9, truncation=True)
    assert numpy.array_equal(encode(tokenizer, TEXTS)["input_ids"], expected)


def test_encoding_without_types_of_pieces(transformer_folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(transformer_folder)
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    assert_same(tokenizer, TEXTS)
    assert "token_type_ids" not in encode(tokenizer, TEXTS)


@pytest.fixture(scope="module")
def tokenizer(transformer_folder: Path) -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(transformer_folder)


@examples(100)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_encoding_of_any_texts(tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> None:
    assert_same(tokenizer, texts)
