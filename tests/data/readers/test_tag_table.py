"""The tags of a source: missing ones, and those of each scheme read back as they were written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.schemes import SCHEMES
from adaptive_spacy.data.source import Sentence
from tests.data.readers.conll_files import read, write
from tests.data.util import make_doc

Ents = list[tuple[int, int, str]]


def test_conll_reads_missing_tag_as_outside(tmp_path):
    (sentence,) = read(tmp_path, "a PER\nb\nc PER\n", missing_tag="O")
    assert sentence[:3] == (["a", "b", "c"], [(0, 1, "PER"), (2, 3, "PER")], [])


def test_conll_masks_missing_tag(tmp_path):
    (sentence,) = read(tmp_path, "a PER\nb\nc PER\n\n", missing_tag="mask")
    assert sentence[:3] == (["a", "b", "c"], [(0, 1, "PER"), (2, 3, "PER")], [1])


def test_conll_finds_missing_tag_in_rows_of_many_columns(tmp_path):
    (sentence,) = read(tmp_path, "a NN B-NP O\nb NN B-NP\n", missing_tag="mask")
    assert sentence[:3] == (["a", "b"], [], [1])


def test_make_doc_annotates_every_token_but_the_missing_ones():
    sentence = Sentence(["a", "b", "c", "d"], [(0, 2, "PER")], [3])
    doc = make_doc(sentence, Vocab())
    stored = DocBin(attrs=["ENT_IOB", "ENT_TYPE"], docs=[doc]).to_bytes()
    (back,) = DocBin().from_bytes(stored).get_docs(Vocab())
    for each in (doc, back):
        assert each.has_unknown_spaces
        assert [token.text for token in each] == sentence.words
        assert [token.ent_iob_ for token in each] == ["B", "I", "O", ""]
        assert [(ent.start, ent.end, ent.label_) for ent in each.ents] == [(0, 2, "PER")]


TYPES = st.sampled_from(["PER", "LOC", "creative-work", "I", "O", "B-cell", "0"])
WORDS = st.sampled_from(["#", "Ada", "O", "B-PER", "-", "&", "längden", "10\u00a0000", "_"])


@st.composite
def sentences(draw) -> Sentence:
    """Words and entities that do not overlap."""
    words = draw(st.lists(WORDS, min_size=1, max_size=12))
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=8)))
    ents = [
        (start, end, label)
        for start, end in pairwise(cuts)
        if (label := draw(st.none() | TYPES)) is not None
    ]
    return Sentence(words, ents, [])


LETTERS = {"BILOU": "BILU", "BIOES": "BIES", "BMEWO": "BMEW", "BMES": "BMES"}


def encode(sentence: Sentence, scheme: str) -> list[str]:
    """The sentence's tags, by the definition of each scheme."""
    tags = ["O"] * len(sentence.words)
    last: tuple[int, str] = (-1, "")
    for start, end, label in sentence.ents:
        if scheme in LETTERS:
            begin, inside, end_, unit = LETTERS[scheme]
            letters = unit if end - start == 1 else begin + inside * (end - start - 2) + end_
        elif scheme == "BIO" or (scheme == "IOB1" and last == (start, label)):
            letters = "B" + "I" * (end - start - 1)
        else:
            letters = "I" * (end - start)
        for i, letter in enumerate(letters, start):
            tags[i] = label if scheme == "bare" else f"{letter}-{label}"
        last = (end, label)
    return tags


def join_neighbours(ents: Ents) -> Ents:
    """Entities as IO and bare tags can tell them apart."""
    joined: Ents = []
    for start, end, label in ents:
        if joined and joined[-1][1:] == (start, label):
            joined[-1] = (joined[-1][0], end, label)
        else:
            joined.append((start, end, label))
    return joined


@pytest.mark.parametrize("scheme", SCHEMES)
@given(corpus=st.lists(sentences(), min_size=1, max_size=4), blank=st.sampled_from("\t "))
def test_conll_reads_back_what_was_written(tmp_path_factory, scheme, corpus, blank):
    if scheme == "bare":
        # `O` and `0` are outside there
        corpus = [s._replace(ents=[e for e in s.ents if e[2] not in "O0"]) for s in corpus]
    text = "\n\n".join(
        "\n".join(f"{w}{blank}{t}" for w, t in zip(s.words, encode(s, scheme), strict=True))
        for s in corpus
    )
    if scheme in ("IO", "bare"):
        corpus = [s._replace(ents=join_neighbours(s.ents)) for s in corpus]
    path = write(tmp_path_factory.mktemp("conll"), text)
    assert list(ConllFile(path, scheme=scheme)) == corpus
    doubtful = scheme == "bare" and (
        any(e[2] in ("I", "B-cell") for s in corpus for e in s.ents)
        or all(sum(end - start for start, end, _ in s.ents) == len(s.words) for s in corpus)
    )
    if not doubtful:
        assert list(ConllFile(path)) == corpus
