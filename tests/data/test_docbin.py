"""Shards: the same bytes as spaCy writes, in files of a bounded size."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin
from spacy.util import get_lang_class
from spacy.vocab import Vocab, create_vocab

from adaptive_spacy.data.docbin import Shard, Shards, find_norm
from adaptive_spacy.data.source import Sentence
from tests.data.util import make_doc

# words that are norms, symbols of spaCy, exceptions of English
WORDS = st.sampled_from(["Ada", "ada", "PERSON", "NOUN", "don't", "”", "Colour", "£", "\n", "O"])
LABELS = st.sampled_from(["PERSON", "creative-work", "Ada"])


@st.composite
def sentences(draw) -> Sentence:
    words = draw(st.lists(WORDS, max_size=12))
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=6)))
    parts = [(start, end, draw(st.none() | LABELS)) for start, end in pairwise(cuts)]
    ents = [(start, end, label) for start, end, label in parts if label]
    outside = set(range(len(words))) - {i for start, end, _ in ents for i in range(start, end)}
    missing = sorted(draw(st.sets(st.sampled_from(sorted(outside))))) if outside else []
    spaces = draw(st.none() | st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    starts = draw(st.none() | st.sets(st.integers(1, max(1, len(words) - 1))))
    starts = [0, *sorted(starts)] if starts is not None and len(words) > 1 else None
    return Sentence(words, ents, missing, spaces, starts)


@pytest.mark.parametrize("lang", ["xx", "en"])
@given(corpus=st.lists(sentences(), min_size=1, max_size=5))
def test_shard_writes_the_bytes_of_spacy(lang, corpus):
    shard = Shard(find_norm(lang))
    has_starts = any(sentence.sent_starts is not None for sentence in corpus)
    attrs = ["ENT_IOB", "ENT_TYPE", *(["SENT_START"] if has_starts else [])]
    docbin = DocBin(attrs=attrs)
    vocab = create_vocab(lang, get_lang_class(lang).Defaults)
    for sentence in corpus:
        shard.add(sentence)
        docbin.add(make_doc(sentence, vocab))
    assert shard.to_docbin().to_bytes() == docbin.to_bytes()


def test_shard_of_nothing_is_an_empty_docbin():
    empty = Shard(find_norm("xx")).to_docbin().to_bytes()
    assert empty == DocBin(attrs=["ENT_IOB", "ENT_TYPE"]).to_bytes()


def test_shard_refuses_an_empty_word():
    with pytest.raises(ValueError, match="expected words, found an empty one"):
        Shard(find_norm("xx")).add(Sentence(["a", ""], [], []))


def write(folder: Path, count: int, size: int) -> dict[str, list[str]]:
    """RETURNS (dict[str, list[str]]): The words of each file, of sentences of one word."""
    shards = Shards(folder, "train", size, lambda: Shard(find_norm("xx")))
    for i in range(count):
        shards.add(Sentence([f"w{i}"], [], []))
    shards.close()
    return {
        str(path.relative_to(folder)): [
            doc[0].text for doc in DocBin().from_disk(path).get_docs(Vocab())
        ]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_shards_are_one_file_up_to_their_size(tmp_path):
    assert write(tmp_path, 3, 3) == {"train.spacy": ["w0", "w1", "w2"]}


def test_shards_are_a_folder_above_their_size(tmp_path):
    assert write(tmp_path, 5, 2) == {
        "train/000.spacy": ["w0", "w1"],
        "train/001.spacy": ["w2", "w3"],
        "train/002.spacy": ["w4"],
    }


def test_shards_are_read_in_their_order_beyond_a_thousand(tmp_path):
    files = write(tmp_path, 1001, 1)
    assert list(files)[:2] == ["train/0000.spacy", "train/0001.spacy"]
    assert [word for words in files.values() for word in words] == [f"w{i}" for i in range(1001)]


def test_shards_are_cut_before_they_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("adaptive_spacy.data.docbin.MAX_TOKENS", 4)
    assert len(write(tmp_path, 10, 100)) == 3


@pytest.mark.parametrize("lang", ["zz", "lex_attrs", ""])
def test_find_norm_refuses_unknown_language(lang):
    with pytest.raises(ValueError, match="--lang: expected the code of a language of spaCy"):
        find_norm(lang)
