"""A byte order mark is no part of the text, in any encoding and where files were joined."""

import codecs

import pytest

from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.readers.text import open_text
from tests.data.readers.opened import Read, put, read, refuse, show

ADA = Read("Ada sings", [("Ada", "PER")], [])
CONLL = "Ada\tB-PER\nsings\tO\n"
FILES = {
    "conll": CONLL,
    "table": "token,tag\nAda,B-PER\nsings,O\n",
    "jsonl": '{"text": "Ada sings", "entities": [[0, 3, "PER"]]}\n',
    "table of records": 'text,entities\nAda sings,"[[0, 3, ""PER""]]"\n',
    "python": 'DATA = [("Ada sings", {"entities": [(0, 3, "PER")]})]\n',
}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "UTF_16LE", "utf16", "utf-32-le", "gb18030")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("kind", FILES)
def test_the_mark_at_the_beginning_is_dropped(tmp_path, kind, encoding):
    content = f"\ufeff{FILES[kind]}".encode(encoding)
    assert read(tmp_path, content, encoding=encoding) == [ADA]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_encoding_is_read_with_a_mark_and_without(tmp_path, mark, encoding):
    content = f"{mark}{CONLL}".encode(encoding)
    assert read(tmp_path, content, encoding=encoding) == [ADA]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_both_files_of_a_pair_are_read_without_their_marks(tmp_path, encoding):
    for name, text in (("a.txt", "Ada sings"), ("a.ann", "T1\tPER 0 3\tAda\n")):
        put(tmp_path, f"\ufeff{text}".encode(encoding), name)
    assert [show(one) for one in open_source(tmp_path, encoding=encoding)] == [ADA]


@pytest.mark.parametrize("kind", ["conll", "jsonl"])
@pytest.mark.parametrize(
    ("written", "encoding", "hint"),
    [
        ("utf-8", "latin-1", "utf-8"),
        ("utf-8", "gb18030", "utf-8"),
        ("utf-16-be", "utf-16-le", "utf-16"),
        ("utf-16-le", "utf-16-be", "utf-16"),
        ("utf-16-le", "utf-8", "utf-16"),
    ],
)
def test_the_mark_of_another_encoding_is_refused(tmp_path, kind, written, encoding, hint):
    content = f"\ufeff{FILES[kind]}".encode(written)
    assert refuse(tmp_path, content, encoding=encoding).endswith(f"pass --encoding {hint}")
    assert read(tmp_path, content, encoding=hint) == [ADA]


def test_a_mark_that_is_letters_in_a_folder_is_refused(tmp_path):
    put(tmp_path, codecs.BOM_UTF8 + b"Ada sings", "a.txt")
    put(tmp_path, "T1\tPER 0 3\tAda\n", "a.ann")
    with pytest.raises(ValueError, match=r"a\.txt: .* found UTF-8 by its byte order mark"):
        open_source(tmp_path, encoding="latin-1")


@pytest.mark.parametrize("part", ["-DOCSTART-\tO\n\n", "token\ttag\n", "\n", ""])
def test_the_marks_of_files_that_were_joined_are_dropped(tmp_path, part):
    assert read(tmp_path, f"\ufeff{part}{CONLL}\n" * 3) == [ADA] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("first", ["", "\n", FILES["jsonl"]])
@pytest.mark.parametrize("record", [FILES["jsonl"], FILES["jsonl"].replace(": ", ":\n", 1)])
def test_the_marks_of_json_that_was_joined_are_dropped(tmp_path, record, first, encoding):
    content = f"\ufeff{first if record == FILES['jsonl'] else ''}" + f"\ufeff{record}" * 3
    times = content.count("{")
    assert read(tmp_path, content.encode(encoding), encoding=encoding) == [ADA] * times


def test_lines_of_json_are_counted_with_those_of_marks(tmp_path):
    content = f"\ufeff{FILES['jsonl']}\ufeff\n\ufeff{{\n"
    assert refuse(tmp_path, content).startswith(":3: found the beginning of a JSON value")


@pytest.mark.parametrize("encoding", [None, "utf-8", "latin-1", "utf-16-be"])
def test_the_mark_of_another_encoding_is_said_wherever_text_is_read(tmp_path, encoding):
    path = put(tmp_path, codecs.BOM_UTF16_LE + "Ada".encode("utf-16-le"))
    remedy = "pass --encoding utf-16" if encoding else "save it as UTF-8"
    said = f"expected {encoding or 'utf-8'} text, found UTF-16 by its byte order mark; {remedy}$"
    with pytest.raises(ValueError, match=said), open_text(path, encoding=encoding):
        pass


def test_a_token_that_is_nothing_but_a_mark_is_kept(tmp_path):
    (found,) = read(tmp_path, "Ada\tB-PER\n\ufeff\tO\nsi\ufeffngs\tO\n")
    assert found.text == "Ada \ufeff si\ufeffngs"
