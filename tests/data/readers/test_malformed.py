"""Malformed CoNLL files, byte for byte: each is refused with one message, and none is half read."""

from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.readers.formats import open_source

ROWS = b"Ada\tB-PER\nsings\tO\n\n"
UTF_8 = "expected utf-8 text; pass --encoding with the one that it was written in"
LATIN = "expected utf-8 text; --encoding latin-1 reads '{}'; pass it if that is right"
YU = LATIN.replace("latin-1", "euc_kr").format("유\\tO")
ARE = LATIN.format("Åre\\tB-LOC")
CUT = "it is damaged, or ends inside of a character"
NUL = "found a NUL character, expected utf-8 text; no encoding makes text of it: take it out"
NO_TAG = (
    "without a tag, expected one; --missing-tag O reads such a token as outside, --missing-tag "
    "mask as not annotated"
)
BARE = "expected O or TYPE without a prefix"
#: content, options, message after the path
MALFORMED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "Latin-1 byte": (ROWS + b"\xc5re\tB-LOC\n", {}, f":4: found byte 0xc5, {ARE}"),
    "byte of no encoding": (
        ROWS + b"a\xff\tO\n",
        {},
        f":4: found byte 0xff, {LATIN}".format("aÿ\\tO"),
    ),
    "character cut at the end": (
        ROWS + b"a\tO\n\xe2\x82",
        {},
        f":5: found byte 0xe2, expected utf-8 text; {CUT}",
    ),
    "overlong character": (b"\xc0\xaf\tO\n", {}, f":1: found byte 0xc0, {YU}"),
    "surrogate as UTF-8": (ROWS + b"\xed\xa0\x80\tO\n", {}, f":4: found byte 0xed, {UTF_8}"),
    "surrogate as UTF-7": (
        ROWS + b"+2AA-\tO\n",
        {"encoding": "utf-7"},
        ":4: found the lone surrogate U+D800, expected utf-7 text; --encoding utf-8 reads "
        "'Ada\\tB-PER'; pass it if that is right",
    ),
    "UTF-16 without a mark": (
        "a O\n".encode("utf-16-le"),
        {},
        ":1: found a NUL character, expected utf-8 text; --encoding utf-16-le reads 'a O'; pass it "
        "if that is right",
    ),
    "UTF-16 cut in a character": (
        "a O\n".encode("utf-16-le")[:-1],
        {"encoding": "utf-16-le"},
        f": found byte 0x0a, expected utf-16-le text; {CUT}",
    ),
    "NUL in the middle": (ROWS * 9 + b"a\0\tO\n", {}, f":28: {NUL}"),
    "NUL far down": (ROWS * 80_000 + b"\0\n", {}, f":240001: {NUL}"),
    "cut inside of a row": (ROWS + b"Par", {}, f":4: found 'Par' {NO_TAG}"),
    "cut inside of a tag": (
        ROWS + b"Paris\tB-",
        {},
        ":4: found tag 'B-', expected O, B-TYPE or I-TYPE (scheme BIO, detected)",
    ),
    "cut inside of an entity": (
        b"New\tB-LOC\nYork\tL-LOC\n\n" * 2 + b"New\tB-LOC",
        {},
        ":7: found the end of the sentence after 'B-LOC', expected I-LOC or L-LOC (scheme BILOU, "
        "detected); --repair ends the entity before it",
    ),
    "tab and space in one row": (
        ROWS + b"a\tb O\n" + ROWS,
        {},
        ":4: found tag 'b O', expected O, B-TYPE or I-TYPE (scheme BIO, detected)",
    ),
    "spaces where there were tabs": (
        ROWS + b"New York O\n",
        {},
        ":4: found 3 columns at 'New', expected 2",
    ),
    "tabs where there were spaces": (
        b"Ada NN O\nsings VB O\nNew York\tNN\tO\nin\tO\n",
        {},
        ":4: found 'in' " + NO_TAG,
    ),
    "no-break space for a space": (
        b"Ada O\n\xc2\xa0 O\n\xc2\xa0O\n",
        {},
        f":3: found '\\xa0O' {NO_TAG}",
    ),
    "full-width tag": (
        ROWS + "a\tＯ\n".encode(),
        {},
        ":4: found tag 'Ｏ', expected O, B-TYPE or I-TYPE (scheme BIO, detected)",
    ),
    "CRLF and a missing tag": (b"a\tO\r\nb\r\n", {}, f":2: found 'b' {NO_TAG}"),
    "tag before its token, told otherwise": (
        b"B-PER Ada\nO sings\nO .\n",
        {"token_column": 0},
        ":3: found tag '.', expected O or TYPE without a prefix (scheme bare, detected)",
    ),
    "tags of two columns": (
        b"Ada\tB_PER\nis\tB PER\n",
        {},
        f":1: found tag 'B_PER', {BARE} (scheme bare, detected);\n"
        f"{{path}}:2: found tag 'B PER', {BARE} (scheme bare, detected)",
    ),
    "CoNLL-2012": (
        b"bc/a 0 0 John NNP (PERSON*\nbc/a 0 1 Smith NNP *)\nbc/a 0 2 left VBD *)\n",
        {"token_column": 3},
        ":3: found tag '*)', expected O, B-TYPE, I-TYPE, L-TYPE or U-TYPE (scheme BILOU)",
    ),
    "one word per line": (
        b"Ada\nsings\n",
        {},
        ": expected rows of a token and its tag, found one column",
    ),
    "a line of 10 MB": (
        b"a" * 10_000_000,
        {},
        ": expected rows of a token and its tag, found one column",
    ),
    "a row of 10 MB": (
        ROWS + b"a " * 5_000_000 + b"\n",
        {},
        ":4: found 5000000 columns at 'a', expected 2",
    ),
    "a line without end": (
        ROWS + b"a" * 20_000_000,
        {},
        ":4: found a line of more than 16,777,216 characters, expected a token and its tag per "
        "line",
    ),
    "lemmas for tags": (
        b"".join(b"w%d lemma%d\n" % (i, i) for i in range(10_001)) + b"w O\n",
        {},
        ": found more than 10,000 different tags in column 1, expected entity tags; pass the right "
        "--tag-column",
    ),
    "no documents": (
        ROWS,
        {"group": "documents"},
        ": --group documents: expected -DOCSTART- rows that divide the documents, found none",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_conll_refuses_malformed_bytes(tmp_path, case):
    content, options, message = MALFORMED[case]
    path = tmp_path / "train.conll"
    path.write_bytes(content)
    expected = f"{path}{message.replace('{path}', str(path))}"
    for read in (ConllFile, open_source):
        with pytest.raises(ValueError) as error:  # noqa: PT011
            read(path, **options)
        assert str(error.value) == expected


def test_web_page_is_named_where_it_is_not_insisted_that_it_is_conll(tmp_path):
    path = tmp_path / "train.conll"
    path.write_bytes(b"<!doctype html>\n<html>\n</html>\n")
    with pytest.raises(ValueError, match=r"expected a format that is read, found HTML; extract"):
        open_source(path)
    with pytest.raises(ValueError, match=r":1: found tag 'html>', expected O or TYPE"):
        open_source(path, format="conll")


def test_conll_refuses_paths_that_are_no_text_files(tmp_path):
    pipe = tmp_path / "link.conll"
    pipe.symlink_to(tmp_path / "gone.conll")
    cases: dict[Path, str] = {
        tmp_path: "a folder",
        tmp_path / "none": "nothing",
        pipe: "nothing",
    }
    for path, found in cases.items():
        with pytest.raises(ValueError) as error:  # noqa: PT011
            ConllFile(path)
        assert str(error.value) == f"{path}: expected a CoNLL file, found {found}"


@pytest.mark.parametrize("group", ["paragraphs", "0", 0, -3, "1.5", ""])
def test_conll_refuses_bad_group(tmp_path, group):
    (tmp_path / "a.conll").write_bytes(ROWS)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(tmp_path / "a.conll", group=group)
    assert str(error.value) == (
        f"--group: expected sentences, documents or a number of sentences, got {group!r}"
    )


def test_conll_reads_escapes_of_surrogates_as_they_are(tmp_path):
    (tmp_path / "a.conll").write_bytes(b"\\ud800\tO\n\\u0041 B-X\n")
    (sentence,) = ConllFile(tmp_path / "a.conll")
    assert sentence.words == ["\\ud800", "\\u0041"]
