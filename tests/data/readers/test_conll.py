"""The CoNLL reader: what it accepts, what it refuses and in which words."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.schemes import SCHEMES
from adaptive_spacy.data.source import Sentence
from tests.conftest import corpus_file
from tests.data.util import make_doc

Ents = list[tuple[int, int, str]]


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "file.conll"
    path.write_bytes(text.encode(encoding))
    return path


def read(folder: Path, text: str, **options) -> list[Sentence]:
    return list(ConllFile(write(folder, text), **options))


# --- schemes ---------------------------------------------------------------------------------

#: `Ben Ray Paris London lives`: one entity of two tokens, then two of one type side by side
ENTS = [(0, 2, "PER"), (2, 3, "LOC"), (3, 4, "LOC")]
IN_SCHEME = {
    "BIO": "B-PER I-PER B-LOC B-LOC O",
    "IOB1": "I-PER I-PER I-LOC B-LOC O",
    "BILOU": "B-PER L-PER U-LOC U-LOC O",
    "BIOES": "B-PER E-PER S-LOC S-LOC O",
    "BMEWO": "B-PER E-PER W-LOC W-LOC O",
}


@pytest.mark.parametrize("outside", ["O", "0", "_"])
@pytest.mark.parametrize("scheme", IN_SCHEME)
def test_conll_reads_each_scheme_given_or_detected(tmp_path, scheme, outside):
    tags = [outside if tag == "O" else tag for tag in IN_SCHEME[scheme].split()]
    rows = "\n".join(f"w\t{tag}" for tag in tags)
    for option in (scheme, scheme.lower(), "auto"):
        file = ConllFile(write(tmp_path, rows), scheme=option)
        assert [sentence.ents for sentence in file] == [ENTS]
        assert file.tags.scheme == scheme
        assert file.tags.detected == (option == "auto")


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("IO", "I-PER I-PER I-LOC I-LOC O"),
        ("bare", "PER PER LOC LOC 0"),
        ("auto", "I-PER I-PER I-LOC I-LOC O"),
        ("auto", "PER PER LOC LOC 0"),
    ],
)
def test_conll_joins_neighbours_of_one_type_where_the_scheme_cannot_tell(tmp_path, scheme, tags):
    (sentence,) = read(tmp_path, "\n".join(f"w {tag}" for tag in tags.split()), scheme=scheme)
    assert sentence.ents == [(0, 2, "PER"), (2, 4, "LOC")]


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("B-A O B-A", "BIO"),
        ("O O", "BIO"),
        ("I-A O", "IOB1"),
        ("I-A B-A I-A", "IOB1"),
        ("O | I-A B-A", "IOB1"),
        ("U-A", "BILOU"),
        ("S-A", "BIOES"),
        ("B-A E-A", "BIOES"),
        ("W-A", "BMEWO"),
        ("B-A M-A E-A", "BMEWO"),
        ("A O", "bare"),
        ("creative-work O", "bare"),
    ],
)
def test_conll_detects_the_scheme_of_the_whole_file(tmp_path, tags, scheme):
    rows = "\n".join(f"w {tag}" if tag != "|" else "" for tag in tags.split())
    assert ConllFile(write(tmp_path, rows)).tags.scheme == scheme


@pytest.mark.parametrize("name", ["IOB2", "iob2", "bio"])
def test_conll_knows_scheme_by_its_other_names(tmp_path, name):
    assert ConllFile(write(tmp_path, "w B-A\n"), scheme=name).tags.scheme == "BIO"


def test_conll_takes_bare_types_like_prefixes_when_told(tmp_path):
    (sentence,) = read(tmp_path, "w B-cell\nw B-cell\nw S\n", scheme="bare")
    assert sentence.ents == [(0, 2, "B-cell"), (2, 3, "S")]


def test_conll_keeps_hyphens_and_spaces_of_types(tmp_path):
    (sentence,) = read(tmp_path, "w\tB-creative-work\nw\tI-creative-work\nw\tB-art work\n")
    assert sentence.ents == [(0, 2, "creative-work"), (2, 3, "art work")]


# --- lines -----------------------------------------------------------------------------------


def test_conll_takes_columns_by_number(tmp_path):
    text = "1 Ada NNP B-PER x\n2 sings VBZ O x\n"
    (sentence,) = read(tmp_path, text, token_column=1, tag_column=-2)
    assert sentence[:3] == (["Ada", "sings"], [(0, 1, "PER")], [])
    (sentence,) = read(tmp_path, text, token_column=-4, tag_column=3)
    assert sentence[:3] == (["Ada", "sings"], [(0, 1, "PER")], [])


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", "UTF8"])
def test_conll_reads_other_encodings(tmp_path, encoding):
    path = write(tmp_path, "Åre B-LOC\n\nlängden O\n", encoding)
    assert [s.words for s in ConllFile(path, encoding=encoding)] == [["Åre"], ["längden"]]


def test_conll_can_be_walked_again(tmp_path):
    file = ConllFile(write(tmp_path, "a B-A\n\nb O\n"))
    assert list(file) == list(file)


# --- missing tags and docs -------------------------------------------------------------------


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


# --- what is refused -------------------------------------------------------------------------

NO_TAG = (
    "without a tag, expected one; --missing-tag O reads such a token as outside, "
    "--missing-tag mask as not annotated"
)
BIO, AUTO_BIO = "(scheme BIO)", "(scheme BIO, detected)"
BEGINS, ENDS = "; --repair begins an entity there", "; --repair ends the entity before it"
MALFORMED: dict[str, tuple[str, dict, str]] = {
    "empty": ("", {}, ": expected rows of a token and its tag, found no row"),
    "blank": (" \n\t\n", {}, ": expected rows of a token and its tag, found no row"),
    "docstart only": (
        "-DOCSTART- O\n\n",
        {},
        ": expected rows of a token and its tag, found no row",
    ),
    "comments only": (
        "# written by hand\n# id = 1\n",
        {},
        ": expected rows of a token and its tag, found no row",
    ),
    "words only": ("a\nb\n", {}, ": expected rows of a token and its tag, found one column"),
    "no tag": ("a O\nbn\n", {}, f":2: found 'bn' {NO_TAG}"),
    "no tag behind a tab": ("a\tO\nbn\t\n", {}, f":2: found 'bn' {NO_TAG}"),
    "lone hash": ("a O\n#\n", {}, f":2: found '#' {NO_TAG}"),
    "no tag of four": ("a NN X O\nb NN X\n", {}, f":2: found 'b' {NO_TAG}"),
    "no token": ("a\tO\n\tO\n", {}, ":2: found no token before 'O', expected 2 columns"),
    "no token, masked": (
        "a O\n O\n",
        {"missing_tag": "mask"},
        ":2: found no token before 'O', expected 2 columns",
    ),
    "too many columns": (
        "a O\nNew York O\n",
        {},
        ":2: found 3 columns at 'New', expected 2",
    ),
    "too few columns": (
        "a NN X O\nb O\n",
        {"missing_tag": "O"},
        ":2: found 2 columns at 'b', expected 4",
    ),
    "short row, tag not last": (
        "a O x\nb\n",
        {"tag_column": 1, "missing_tag": "O"},
        ":2: found 1 columns at 'b', expected 3",
    ),
    "long token": ("a O\n" + "x" * 60 + "\n", {}, f":2: found '{'x' * 40}…' {NO_TAG}"),
    "I first, given BIO": (
        "a I-PER\n",
        {"scheme": "BIO"},
        f":1: found 'I-PER' at the start of a sentence, expected B-PER or I-PER before it "
        f"{BIO}{BEGINS}",
    ),
    "I after O, given BIO": (
        "a O\nb I-PER\n",
        {"scheme": "BIO"},
        f":2: found 'I-PER' after 'O', expected B-PER or I-PER before it {BIO}{BEGINS}",
    ),
    "I of another type": (
        "a B-LOC\nb I-PER\n",
        {"scheme": "bio"},
        f":2: found 'I-PER' after 'B-LOC', expected B-PER or I-PER before it {BIO}{BEGINS}",
    ),
    "I after a blank line": (
        "a B-PER\n\nb I-PER\n",
        {"scheme": "BIO"},
        f":3: found 'I-PER' at the start of a sentence, expected B-PER or I-PER before it "
        f"{BIO}{BEGINS}",
    ),
    "I after a masked row": (
        "a B-PER\nb\nc I-PER\n",
        {"scheme": "BIO", "missing_tag": "mask"},
        ":3: found 'I-PER' after a row without a tag, expected B-PER or I-PER before it "
        f"(scheme BIO){BEGINS}",
    ),
    "one slip in BIO, detected": (
        "a B-PER\nb O\nc B-LOC\nd O\ne I-LOC\n",
        {},
        f":5: found 'I-LOC' after 'O', expected B-LOC or I-LOC before it {AUTO_BIO}{BEGINS}",
    ),
    "B after O in IOB1": (
        "a I-PER\nb O\nc B-PER\n",
        {"scheme": "IOB1"},
        ":3: found 'B-PER' after 'O', expected I-PER: B- only divides neighbours of one type "
        f"(scheme IOB1){BEGINS}",
    ),
    "B of another type in IOB1": (
        "a I-PER\nb B-LOC\n",
        {"scheme": "IOB1"},
        ":2: found 'B-LOC' after 'I-PER', expected I-LOC: B- only divides neighbours of one type "
        f"(scheme IOB1){BEGINS}",
    ),
    "L without B": (
        "a O\nb L-PER\n",
        {"scheme": "BILOU"},
        f":2: found 'L-PER' after 'O', expected B-PER or I-PER before it (scheme BILOU){BEGINS}",
    ),
    "B without L": (
        "a B-PER\nb O\n",
        {"scheme": "BILOU"},
        f":2: found 'O' after 'B-PER', expected I-PER or L-PER (scheme BILOU){ENDS}",
    ),
    "B without E at the end": (
        "a B-PER\n\nb O\n",
        {"scheme": "BIOES"},
        ":1: found the end of the sentence after 'B-PER', expected I-PER or E-PER (scheme BIOES)"
        f"{ENDS}",
    ),
    "B before a masked row": (
        "a B-PER\nb\n",
        {"scheme": "BMEWO", "missing_tag": "mask"},
        ":2: found a row without a tag after 'B-PER', expected M-PER or E-PER (scheme BMEWO)"
        f"{ENDS}",
    ),
    "U inside": (
        "a U-PER\nb B-PER\nc U-PER\nd L-PER\n",
        {},
        ":3: found 'U-PER' after 'B-PER', expected I-PER or L-PER (scheme BILOU, detected)"
        f"{ENDS};\n{{path}}:4: found 'L-PER' after 'U-PER', expected B-PER or I-PER before it "
        f"(scheme BILOU, detected){BEGINS}",
    ),
    "L in BIO": (
        "a B-PER\nb L-PER\n",
        {"scheme": "BIO"},
        f":2: found tag 'L-PER', expected O, B-TYPE or I-TYPE {BIO}",
    ),
    "B in IO": (
        "a B-PER\n",
        {"scheme": "IO"},
        ":1: found tag 'B-PER', expected O or I-TYPE (scheme IO)",
    ),
    "lower case": (
        "a B-PER\nb i-PER\n",
        {},
        f":2: found tag 'i-PER', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
    "bare among prefixed": (
        "a B-PER\nb I-PER\nc LOC\n",
        {},
        f":3: found tag 'LOC', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
    "prefixed among bare": (
        "a PER\nb PER\nc B-PER\n",
        {},
        ":3: found tag 'B-PER', expected O or TYPE without a prefix; --scheme bare takes it for "
        "a type (scheme bare, detected)",
    ),
    "prefix alone": (
        "a B\nb O\n",
        {},
        ":1: found tag 'B', expected O or TYPE without a prefix; --scheme bare takes it for a "
        "type (scheme bare, detected)",
    ),
    "no type": (
        "a B-\nb B-X\nc B-X\n",
        {},
        f":1: found tag 'B-', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
    "brackets": (
        "a (PERSON*\nb *)\n",
        {},
        ":1: found tag '(PERSON*', expected O or TYPE (scheme bare, detected);\n"
        "{path}:2: found tag '*)', expected O or TYPE (scheme bare, detected)",
    ),
    "comment of two words": (
        "a B-X\n# newdoc\n",
        {},
        f":2: found tag 'newdoc', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
    "token column": (
        "a O\n",
        {"token_column": 2},
        ": --token-column: expected a column from 0 to 1, or -1 for the last, got 2",
    ),
    "tag column": (
        "a O\n",
        {"tag_column": -3},
        ": --tag-column: expected a column from 0 to 1, or -1 for the last, got -3",
    ),
    "one column for both": (
        "a O\n",
        {"tag_column": 0},
        ": expected two columns, got --token-column 0 and --tag-column 0, which are the same of 2",
    ),
    "NUL": (
        "a O\nb\0 O\n",
        {},
        ":2: found a NUL character, expected utf-8 text; pass the right --encoding, e.g. utf-16",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_conll_refuses_malformed_file(tmp_path, case):
    text, options, message = MALFORMED[case]
    path = write(tmp_path, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011 (compared whole below)
        ConllFile(path, **options)
    assert str(error.value) == f"{path}{message.replace('{path}', str(path))}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"scheme": "IOB3"},
            "--scheme: expected one of auto, BIO, IOB1, BILOU, BIOES, BMEWO, IO, bare, got 'IOB3'",
        ),
        ({"missing_tag": "o"}, "--missing-tag: expected O or mask, got 'o'"),
        (
            {"encoding": "utf-99"},
            "--encoding: expected one that Python knows, e.g. utf-8, got 'utf-99'",
        ),
        (
            {"encoding": "base64"},
            "--encoding: expected one that Python knows, e.g. utf-8, got 'base64'",
        ),
    ],
)
def test_conll_refuses_bad_option(tmp_path, options, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(write(tmp_path, "a O\n"), **options)
    assert str(error.value) == message


def test_conll_names_the_line_that_cannot_be_decoded(tmp_path):
    path = write(tmp_path, "a O\n" * 5000 + "Åre B-LOC\n", "latin-1")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path)
    assert str(error.value) == (
        f"{path}:5001: found byte 0xc5, expected utf-8 text; pass the right --encoding, e.g. "
        "latin-1"
    )


def test_conll_refuses_text_that_is_not_utf_16(tmp_path):
    path = write(tmp_path, "abc O\n\n")
    path.write_bytes(b"\xff\xfea")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path, encoding="utf-16")
    assert str(error.value) == (
        f"{path}: found byte 0x61, expected utf-16 text; pass the right --encoding, e.g. latin-1"
    )


def test_conll_refuses_paths_that_are_no_files(tmp_path):
    with pytest.raises(ValueError, match=r"expected a CoNLL file, found a folder$"):
        ConllFile(tmp_path)
    with pytest.raises(ValueError, match=r"nowhere\.txt: expected a CoNLL file, found nothing$"):
        ConllFile(tmp_path / "nowhere.txt")


def test_conll_shows_twenty_problems_in_order_and_counts_the_rest(tmp_path):
    # by turns: a row without a tag, a tag of no scheme, an illegal sequence
    path = write(tmp_path, "a B-X\nb O\n" * 60 + "c\nd X-X\ne O\nf I-X\n" * 9)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path)
    lines = str(error.value).split(";\n")
    assert lines[-1] == f"and 7 more problems in {path}"
    numbers = [int(line.removeprefix(f"{path}:").split(":")[0]) for line in lines[:-1]]
    assert numbers == [n for n in range(121, 121 + 4 * 7) if n % 4 != 3][:20]


# --- repairs ---------------------------------------------------------------------------------

BEGUN = "inner tags that continue no entity read as its start"
ENDED = "entities without their last tag ended"
DIVIDED = "B- tags that divide no neighbours read as a start"


@pytest.mark.parametrize(
    ("scheme", "tags", "ents", "repairs"),
    [
        ("BIO", "I-A O B-B I-A", [(0, 1, "A"), (2, 3, "B"), (3, 4, "A")], {BEGUN: 2}),
        ("BIO", "B-A I-A O", [(0, 2, "A")], {}),
        ("IOB1", "B-A O I-A B-B", [(0, 1, "A"), (2, 3, "A"), (3, 4, "B")], {DIVIDED: 2}),
        ("BILOU", "B-A O L-A I-B O", [(0, 1, "A"), (2, 3, "A"), (3, 4, "B")], {BEGUN: 2, ENDED: 2}),
        ("BILOU", "B-A U-A L-A", [(0, 1, "A"), (1, 2, "A"), (2, 3, "A")], {BEGUN: 1, ENDED: 1}),
        ("BILOU", "B-A I-A", [(0, 2, "A")], {ENDED: 1}),
        ("BIOES", "B-A I-B E-B O", [(0, 1, "A"), (1, 3, "B")], {BEGUN: 1}),
        ("BMEWO", "M-A E-A W-A O", [(0, 2, "A"), (2, 3, "A")], {BEGUN: 1}),
    ],
)
def test_conll_repairs_on_request_and_counts(tmp_path, scheme, tags, ents, repairs):
    path = write(tmp_path, "".join(f"w {tag}\n" for tag in tags.split()))
    file = ConllFile(path, scheme=scheme, repair=True)
    assert [sentence.ents for sentence in file] == [ents]
    assert file.repairs == repairs
    if repairs:
        with pytest.raises(ValueError, match="--repair"):
            ConllFile(path, scheme=scheme)


def test_conll_repairs_no_unknown_tag(tmp_path):
    path = write(tmp_path, "a I-A\nb B-A\nc X-A\nd I-A\n")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path, scheme="BIO", repair=True)
    assert str(error.value) == f"{path}:3: found tag 'X-A', expected O, B-TYPE or I-TYPE {BIO}"


# --- round trips -----------------------------------------------------------------------------

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


def encode(sentence: Sentence, scheme: str) -> list[str]:
    """The sentence's tags, by the definition of each scheme."""
    tags = ["O"] * len(sentence.words)
    last: tuple[int, str] = (-1, "")
    for start, end, label in sentence.ents:
        if scheme in ("BILOU", "BIOES", "BMEWO"):
            begin, inside, end_, unit = {"BILOU": "BILU", "BIOES": "BIES", "BMEWO": "BMEW"}[scheme]
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
    doubtful = scheme == "bare" and any(e[2] in ("I", "B-cell") for s in corpus for e in s.ents)
    if not doubtful:
        assert list(ConllFile(path)) == corpus


# --- real corpora ----------------------------------------------------------------------------

CORPORA = [
    (
        "wikigold/wikigold.conll.txt",
        "IOB1",
        1696,
        39007,
        {"LOC": 1014, "MISC": 712, "ORG": 898, "PER": 934},
    ),
    (
        "wnut17/wnut17train.conll",
        "BIO",
        3394,
        62730,
        {
            "corporation": 221,
            "creative-work": 140,
            "group": 264,
            "location": 548,
            "person": 660,
            "product": 142,
        },
    ),
    (
        "wnut17/emerging.dev.conll",
        "BIO",
        1009,
        15733,
        {
            "corporation": 34,
            "creative-work": 105,
            "group": 39,
            "location": 74,
            "person": 470,
            "product": 114,
        },
    ),
    (
        "wnut17/emerging.test.annotated",
        "BIO",
        1287,
        23394,
        {
            "corporation": 66,
            "creative-work": 142,
            "group": 165,
            "location": 150,
            "person": 429,
            "product": 127,
        },
    ),
    (
        "swedish_ner_corpus/train_corpus.txt",
        "bare",
        6885,
        113125,
        {"LOC": 1336, "MISC": 397, "ORG": 880, "PER": 1587},
    ),
    (
        "swedish_ner_corpus/test_corpus.txt",
        "bare",
        2453,
        42208,
        {"LOC": 355, "MISC": 123, "ORG": 313, "PER": 612},
    ),
]


@pytest.mark.parametrize(("name", "scheme", "count", "tokens", "entities"), CORPORA)
def test_conll_reads_real_corpus(name, scheme, count, tokens, entities):
    path = corpus_file(name)
    file = ConllFile(path, missing_tag="mask")
    found = list(file)
    assert file.tags.scheme == scheme
    assert len(found) == count
    assert sum(len(sentence.words) for sentence in found) == tokens
    assert Counter(label for sentence in found for _, _, label in sentence.ents) == entities
    masked = [sentence.words[i] for sentence in found for i in sentence.missing]
    assert masked == (["bn"] if name.endswith("train_corpus.txt") else [])


def test_conll_names_the_row_without_a_tag_of_a_real_corpus():
    path = corpus_file("swedish_ner_corpus/train_corpus.txt")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path)
    assert str(error.value) == f"{path}:90310: found 'bn' {NO_TAG}"


@given(
    text=st.text("BIOLUSE-#_0 \t\n\r=(*.ab\0é\u00a0\u2028\x85\ufeff", max_size=60),
    scheme=st.sampled_from(["auto", *SCHEMES]),
    missing_tag=st.sampled_from([None, "O", "mask"]),
)
def test_conll_reads_or_refuses_any_text(tmp_path_factory, text, scheme, missing_tag):
    path = write(tmp_path_factory.mktemp("conll"), text)
    try:
        file = ConllFile(path, scheme=scheme, missing_tag=missing_tag)
    except ValueError as error:
        refusal = str(error)
        assert refusal.startswith(str(path))
        return
    for sentence in file:
        ends = [0, *(place for start, end, _ in sentence.ents for place in (start, end))]
        assert ends == sorted(ends)
        assert ends[-1] <= len(sentence.words)
        assert all(start < end and label for start, end, label in sentence.ents)
        assert make_doc(sentence, Vocab()).has_unknown_spaces
