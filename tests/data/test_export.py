"""Back out of .spacy: what is written is read again as the same, or refused."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from adaptive_spacy.data.convert import Input, convert
from adaptive_spacy.data.export import export
from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.schemes import SCHEMES
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.spacy_files import read_docs
from tests.conftest import corpus_file
from tests.data.writers.stored import ADA, PARIS, load, store
from tests.tiers import examples


def join(ents: list[tuple[int, int, str]]) -> bool:
    """Whether neighbours are of one type, which IO and bare join."""
    return any(a[1] == b[0] and a[2] == b[2] for a, b in pairwise(ents))


def test_export_says_that_conll_does_not_hold_spaces(tmp_path):
    sentence = ADA._replace(spaces=[True, True, False])
    exported = export(store(tmp_path, sentence, PARIS), tmp_path / "out.conll")
    assert exported.notes() == [
        "CoNLL does not say which tokens are divided by a space, as 1 docs do; JSONL does"
    ]


# under the name of the file too, as all that reads a corpus
@pytest.mark.parametrize("name", ["train", "train.spacy"])
def test_export_takes_the_shards_of_a_split(tmp_path, name):
    conll = tmp_path / "a.conll"
    conll.write_text("".join(f"w{i} B-X\n\n" for i in range(5)))
    convert([Input(conll, "train")], tmp_path / "corpus", shard_size=2)
    exported = export(tmp_path / "corpus" / name, tmp_path / "out.conll")
    assert exported.docs == 5
    assert list(ConllFile(tmp_path / "out.conll")) == list(ConllFile(conll))


WORDS = st.text("aB#-_0é\u00a0 ", min_size=1, max_size=4).filter(
    lambda word: word == word.strip(" ")
)
LABELS = st.sampled_from(["PER", "LOC", "creative-work", "art work", "B-cell"])


@st.composite
def sentences(draw) -> Sentence:
    words = draw(st.lists(WORDS, min_size=1, max_size=8))
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=6)))
    ents = [
        (start, end, label)
        for start, end in pairwise(cuts)
        if (label := draw(st.none() | LABELS)) is not None
    ]
    inside = {i for start, end, _ in ents for i in range(start, end)}
    # a token that holds a space cannot stand alone in a row
    free = [i for i in range(len(words)) if i not in inside and " " not in words[i]]
    missing = sorted(draw(st.sets(st.sampled_from(free)))) if free else []
    return Sentence(words, ents, missing)


@pytest.mark.parametrize("scheme", SCHEMES)
@examples(40)
@given(corpus=st.lists(sentences(), min_size=1, max_size=4))
def test_export_to_conll_is_read_back_as_the_same(tmp_path_factory, scheme, corpus):
    if scheme in ("IO", "bare"):
        corpus = [one._replace(ents=one.ents[:1] if join(one.ents) else one.ents) for one in corpus]
    corpus.append(ADA)
    folder = tmp_path_factory.mktemp("export")
    path = store(folder, *corpus)
    export(path, folder / "out.conll", scheme=scheme)
    assert list(ConllFile(folder / "out.conll", scheme=scheme, missing_tag="mask")) == corpus
    options = {"scheme": scheme, "missing_tag": "mask"}
    convert([Input(folder / "out.conll", "back")], folder / "corpus", **options)
    assert load(folder / "corpus" / "back.spacy") == corpus


@examples(40)
@given(
    corpus=st.lists(st.lists(sentences(), min_size=1, max_size=3), min_size=1, max_size=3),
)
def test_export_of_documents_is_read_back_as_the_same(tmp_path_factory, corpus):
    folder = tmp_path_factory.mktemp("export")
    text = folder / "in.conll"
    documents = [*corpus, [Sentence(["a"], [], []), Sentence(["b"], [], [])]]
    blocks = ["-DOCSTART- O\n\n" + "\n".join(map(write_rows, units)) for units in documents]
    text.write_text("\n".join(blocks), encoding="utf8")
    options = {"missing_tag": "mask", "group": "documents", "scheme": "BIO"}
    convert([Input(text, "one")], folder / "one", **options)
    export(folder / "one" / "one.spacy", folder / "out.conll")
    convert([Input(folder / "out.conll", "one")], folder / "two", **options)
    found = load(folder / "two" / "one.spacy")
    assert found == load(folder / "one" / "one.spacy")
    assert len(found) == len(documents)
    assert found[-1].sent_starts == [0, 1]


def write_rows(sentence: Sentence) -> str:
    rows = [f"{word}\tO" for word in sentence.words]
    for start, end, label in sentence.ents:
        rows[start:end] = [f"{word}\tI-{label}" for word in sentence.words[start:end]]
        rows[start] = f"{sentence.words[start]}\tB-{label}"
    for i in sentence.missing:
        rows[i] = sentence.words[i]
    return "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize("name", ["wikigold/wikigold.conll.txt", "wnut17/wnut17train.conll"])
def test_export_of_real_corpus_is_read_back_as_the_same(tmp_path, name):
    path = corpus_file(name)
    convert([Input(path, "train")], tmp_path)
    export(tmp_path / "train.spacy", tmp_path / "out.conll", scheme="BILOU")
    file = ConllFile(tmp_path / "out.conll")
    assert file.tags.scheme == "BILOU"
    assert list(file) == list(ConllFile(path))


def test_export_refuses_other_paths(tmp_path):
    path = store(tmp_path, ADA)
    cases = [
        ((path, tmp_path / "out"), "out: expected a name that ends in .conll or .jsonl, or"),
        ((tmp_path / "none.spacy", tmp_path / "a.conll"), "none.spacy: expected a .spacy file"),
        ((tmp_path, tmp_path / "a.conll"), "found a folder of in.spacy"),
        ((path, tmp_path), "expected a name that ends in"),
    ]
    for (source, output), message in cases:
        with pytest.raises(ValueError, match=message):
            export(source, output)
    unannotated = store(tmp_path, Sentence(["a"], [], [0]))
    with pytest.raises(ValueError, match=r"found 1 without any annotation$"):
        export(unannotated, tmp_path / "a.conll")
    assert [found.name for found in tmp_path.iterdir()] == ["in.spacy"]


def store_label(folder: Path, label: str) -> Path:
    doc = Doc(Vocab(), words=["Ada", "sings"])
    doc.set_ents([Span(doc, 0, 1, label=label)], default="outside")
    DocBin(docs=[doc]).to_disk(folder / "in.spacy")
    return folder / "in.spacy"


@pytest.mark.parametrize(
    ("label", "suffixes"),
    [
        *((label, ["conll"]) for label in ("PER\n", "\nPER", "P\nER", "PER\r", "P\tR")),
        *((label, ["conll", "jsonl"]) for label in ("\n", " ", "\x1c", "\xa0", "P\0R")),
    ],
)
def test_export_refuses_a_type_that_convert_would(tmp_path, label, suffixes):
    path = store_label(tmp_path, label)
    for suffix in suffixes:
        output = tmp_path / f"a.{suffix}"
        output.write_text("as it was")
        with pytest.raises(ValueError, match=r"in\.spacy: doc 1: found "):
            export(path, output)
        assert output.read_text() == "as it was"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("label", "suffixes"),
    [
        *((label, ["jsonl"]) for label in ("PER\n", "P\nER", "PER\r", "P\tR")),
        ("P\u2028R", ["conll", "jsonl"]),
    ],
)
def test_export_and_convert_keep_odd_types(tmp_path, label, suffixes):
    path = store_label(tmp_path, label)
    for suffix in suffixes:
        export(path, tmp_path / f"a.{suffix}")
        convert([tmp_path / f"a.{suffix}"], tmp_path / suffix)
        (read,) = read_docs(tmp_path / suffix / "a.spacy", Vocab())
        assert [ent.label_ for ent in read.ents] == [label]
