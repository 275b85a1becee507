"""Texts with entities from brat's folders: what is read, what is refused and in which words."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from adaptive_spacy.data.readers.brat import BratFolder
from adaptive_spacy.data.readers.reader import PathSample
from adaptive_spacy.data.readers.spacy_tokenizer import load_tokenizer
from adaptive_spacy.data.source import Sentence
from tests.data.readers.brat_folders import ENTS, SPACES, TEXT, WORDS, read_error, write
from tests.tiers import examples


def test_brat_reads_each_text_of_a_folder_and_its_folders(tmp_path):
    write(tmp_path)
    for name in ("b", "c/d"):
        (tmp_path / name).mkdir(parents=True)
        write(
            tmp_path / name, text=f"{name} Ada", ann=f"T7\tPER {len(name) + 1} {len(name) + 4}\tAda"
        )
    write(tmp_path / "c", text="None here", ann="")
    (tmp_path / "annotation.conf").write_text("[entities]")
    folder = BratFolder(tmp_path)
    sentences = list(folder)
    assert sentences[0] == Sentence(WORDS, ENTS, [], SPACES)
    assert [one.text for one in sentences] == [TEXT, "b Ada", "None here", "c/d Ada"]
    assert list(folder) == sentences
    assert folder.describe() == "brat standoff, 4 texts"
    assert BratFolder.recognise(PathSample(tmp_path)) is not None


LINES = "Ada lives.\r\n \r\n  In York \r\nBob\r\n"
IN_LINES = "T1\tPER 0 3\tAda\nT2\tLOC 20 24\tYork\nT3\tPER 27 30\tBob\n"


@pytest.mark.parametrize(
    ("group", "texts"),
    [
        ("sentences", ["Ada lives.", "In York", "Bob"]),
        (2, ["Ada lives.\r\n \r\n  In York", "Bob"]),
        ("documents", [LINES]),
    ],
)
def test_brat_makes_units_of_lines(tmp_path, group, texts):
    folder = BratFolder(write(tmp_path, text=LINES, ann=IN_LINES), group=group)
    units = list(folder)
    assert [unit.text for unit in units] == texts
    assert [["".join(unit.words[start:end]) for start, end, _ in unit.ents] for unit in units] == [
        [name for name in ("Ada", "York", "Bob") if name in text] for text in texts
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "T4\tX 4 19\tlives. In",
            "found an entity from 4 to 19 (X), expected one within the lines that make a unit; "
            "--group documents takes the text as a whole",
        ),
        (
            "T4\tX 17 18\tI",
            "found 'I' (0 to 1, X), which ends inside the token 'In' (0 to 2), expected whole "
            "tokens; --repair widens it to these; counted from 17, where its line begins",
        ),
        (
            "T4\tX 20 24\tYork",
            "found 'York' (3 to 7, LOC) and 'York' (3 to 7, X), which overlap, expected one of "
            "them; --repair keeps the longest; counted from 17, where its line begins",
        ),
    ],
)
def test_brat_says_what_is_wrong_in_a_line_of_the_text(tmp_path, line, message):
    write(tmp_path, text=LINES, ann=IN_LINES + line)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        BratFolder(tmp_path, group="sentences")
    assert str(error.value).startswith(f"{tmp_path}/a.ann:4: {message}")


def test_brat_has_no_place_for_an_entity_in_a_text_without_lines(tmp_path):
    assert list(BratFolder(write(tmp_path, text=" \n", ann=""), group="sentences")) == []
    with pytest.raises(ValueError, match="expected one within the lines"):
        BratFolder(write(tmp_path, text=" \n", ann="T1\tX 0 1\t \n"), group="sentences")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "{path}: expected .txt and .ann files, found none"),
        ({"a.txt": b"Ada"}, "{path}/a.txt: found no a.ann beside it, expected one"),
        ({"a.ann": b""}, "{path}/a.ann: found no a.txt beside it, expected one"),
        (
            {"a.txt": b"Zo\xeb", "a.ann": b""},
            "{path}/a.txt:1: found byte 0xeb, expected utf-8 text; --encoding latin-1 reads "
            "'Zoë'; pass it if that is right",
        ),
        (
            {"a.txt": b"Ada\0", "a.ann": b""},
            "{path}/a.txt: found a NUL character, expected utf-8 text; no encoding makes text of "
            "it: take it out",
        ),
        (
            {"a.txt": b"\x1f\x8b\x08", "a.ann": b""},
            "{path}/a.txt: expected a text file, found a gzip file; unpack it",
        ),
    ],
)
def test_brat_says_what_is_wrong_with_a_folder(tmp_path, files, message):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert read_error(tmp_path) == message.format(path=tmp_path)


def test_brat_refuses_what_is_no_folder(tmp_path):
    path = write(tmp_path) / "a.txt"
    assert read_error(path) == f"{path}: expected a folder of .txt and .ann files, found a file"
    path = tmp_path / "none"
    assert read_error(path) == f"{path}: expected a folder of .txt and .ann files, found nothing"


def test_brat_shows_the_first_problems_of_all_files(tmp_path):
    for i in range(15):
        name = f"{i:02}"
        (tmp_path / f"{name}.txt").write_text("Ada", encoding="utf-8")
        (tmp_path / f"{name}.ann").write_text("T1 x\nT2 x\n", encoding="utf-8")
    lines = read_error(tmp_path).split(";\n")
    assert len(lines) == 21
    assert lines[19].startswith(f"{tmp_path / '09.ann'}:2: ")
    assert lines[20] == f"and 10 more problems in {tmp_path}"


def test_recognise_leaves_other_folders_alone(tmp_path):
    (tmp_path / "a.txt").write_text("Ada", encoding="utf-8")
    assert BratFolder.recognise(PathSample(tmp_path)) is None
    assert BratFolder.recognise(PathSample(tmp_path / "a.txt")) is None


ALPHABET = "aB ä\u0301🎉.,'\n\t\r\xa0\u2028中"


@st.composite
def texts(draw: st.DrawFn) -> Doc:
    """A text with entities on its tokens."""
    doc = load_tokenizer("xx")(draw(st.text(ALPHABET, max_size=25))).doc
    ents, at = [], 0
    while at < len(doc):
        end = draw(st.integers(at, len(doc)))
        text = doc[at:end].text
        # brat divides an entity at a line end, and the rest of a line cannot hold a tab
        if text and text == text.strip() and not set(text) & set("\n\r\t"):
            ents.append(doc.char_span(doc[at].idx, doc[at].idx + len(text), label=draw(LABELS)))
        at = max(at + 1, end)
    doc.set_ents(ents)
    return doc


LABELS = st.sampled_from(["PER", "Geo-Political", "Ä_b"])


def to_ann(sentence: Sentence) -> str:
    """The .ann file of a sentence."""
    doc = load_tokenizer("xx").make(sentence.text, sentence.words, sentence.spaces).doc
    spans = [(doc[start:end], label) for start, end, label in sentence.ents]
    return "".join(
        f"T{i}\t{label} {span.start_char} {span.end_char}\t{span.text}\n"
        for i, (span, label) in enumerate(spans, 1)
    )


@examples(60)
@given(docs=st.lists(texts(), min_size=1, max_size=3))
def test_brat_reads_what_was_written(docs):
    corpus = [
        Sentence(
            [token.text for token in doc],
            [(ent.start, ent.end, ent.label_) for ent in doc.ents],
            [],
            [bool(token.whitespace_) for token in doc],
        )
        for doc in docs
    ]
    with TemporaryDirectory() as folder:
        for i, sentence in enumerate(corpus):
            (Path(folder) / f"{i}.txt").write_text(sentence.text, encoding="utf-8", newline="")
            (Path(folder) / f"{i}.ann").write_text(to_ann(sentence), encoding="utf-8")
        read = list(BratFolder(folder))
    assert read == corpus
    # and back: what was read is written as it was
    assert [to_ann(sentence) for sentence in read] == [to_ann(sentence) for sentence in corpus]


@examples(200)
@given(
    text=st.text("Ad ä\n\r🎉", max_size=12) | st.binary(max_size=8),
    lines=st.lists(
        st.binary(max_size=12)
        | st.builds(
            lambda *parts: "{}\t{} {} {}{}\t{}".format(*parts).encode("utf-8", "replace"),
            st.sampled_from(["T1", "T2", "R1", "#1", "", "*"]),
            st.sampled_from(["PER", "", "a b"]),
            st.integers(-2, 20),
            st.integers(-2, 20),
            st.sampled_from(["", ";3 5", ";9 4", ";"]),
            st.text("Ad ä\n\r🎉", max_size=6),
        ),
        max_size=4,
    ),
    repair=st.booleans(),
    group=st.sampled_from(["documents", "sentences", 2]),
)
def test_brat_raises_nothing_but_value_errors_whatever_the_files(text, lines, repair, group):
    with TemporaryDirectory() as folder:
        write(Path(folder), text=text, ann=b"\n".join(lines))
        try:
            units = list(BratFolder(folder, repair=repair, group=group))
        except ValueError:
            return
    assert "".join("".join(unit.text.split()) for unit in units) == "".join(
        (text if isinstance(text, str) else text.decode("utf-8-sig")).split()
    )
