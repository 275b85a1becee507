"""Sentences and a tiny transformer for the yardstick."""

from spacy.tokens import Doc
from spacy.vocab import Vocab
from transformers import BertConfig

from benchmarks.quality.yardstick import Settings

# Lisbon, Porto and Nokia are two pieces each, everything else is one
PIECES = "in we saw and makes phones it rains . lis ##bon por ##to no ##kia"


VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *PIECES.split()]


SENTENCES = [
    ("It rains in Lisbon .", "O O O B-LOC O"),
    ("We saw Porto and Lisbon", "O O B-LOC O B-LOC"),
    ("Nokia Lisbon makes phones .", "B-ORG I-ORG O O O"),
    ("It rains .", "O O O"),
]


LABELS = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]


def make_doc(text, tags):
    return Doc(Vocab(), words=text.split(" "), ents=tags.split(" "))


def tiny_config(**settings):
    return BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        **settings,
    )


def make_settings(corpus, transformer, **settings):
    return Settings(
        **{
            "corpus": str(corpus),
            "transformer": str(transformer),
            "epochs": 2,
            "warmup": 1,
            "rate": 1e-3,
            "batch_size": 2,
            **settings,
        }
    )
