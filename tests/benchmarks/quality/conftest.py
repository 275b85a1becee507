"""A corpus and a tiny transformer for the yardstick."""

import pytest
import torch
from spacy.tokens import DocBin
from transformers import BertModel, BertTokenizerFast

from benchmarks.quality import yardstick_data
from tests.benchmarks.quality.yardsticks import SENTENCES, VOCABULARY, make_doc, tiny_config


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for split in ("train", "dev", "test"):
        DocBin(docs=[make_doc(*sentence) for sentence in SENTENCES]).to_disk(
            folder / f"{split}.spacy"
        )
    return folder


@pytest.fixture(scope="module")
def transformer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transformer")
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(VOCABULARY), encoding="utf8")
    BertTokenizerFast(str(vocabulary)).save_pretrained(folder)
    torch.manual_seed(0)
    BertModel(tiny_config()).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(transformer):
    return yardstick_data.load_tokenizer(str(transformer))
