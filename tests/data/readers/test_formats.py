"""Which format a path has, and what is refused before it is read."""

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pytest

from adaptive_spacy.data.readers.formats import FORMATS, check_options, find_format, open_source

CONLL = "Ada B-PER\nsings O\n"
PRODIGY = '{"text": "Ada sings", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n'
DOCCANO = '{"id": 1, "text": "Ada sings", "label": [[0, 3, "PER"]]}\n'
SPACY_V2 = '[["Ada sings", {"entities": [[0, 3, "PER"]]}]]\n'


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("a.conll", CONLL, "conll"),
        ("a.jsonl", CONLL, "conll"),  # what it holds counts, not its name
        ("a.conll", PRODIGY, "prodigy"),
        ("a.jsonl", "\ufeff" + PRODIGY, "prodigy"),
        ("a.json", f"[{PRODIGY}]", "prodigy"),
        ("a", DOCCANO, "doccano"),
        ("a.json", SPACY_V2, "spacy-v2"),
        ("a.jsonl", '{"a": 1}\n', "jsonl"),
        ("a.conll", "{ O\n} O\n", "conll"),
        ("a.conll", "", "conll"),
        ("a.conll", "[ O\nsic O\n", "conll"),
    ],
)
def test_find_format_looks_into_the_file(tmp_path, name, text, format):
    (tmp_path / name).write_text(text, encoding="utf8")
    assert find_format(tmp_path / name) == format


def test_find_format_knows_folders(tmp_path):
    (tmp_path / "brat" / "sub").mkdir(parents=True)
    (tmp_path / "brat" / "sub" / "a.ann").write_text("")
    assert find_format(tmp_path / "brat") == "brat"
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "state.json").write_text("{}")
    assert find_format(tmp_path / "hub") == "hub"


def test_find_format_lets_the_user_choose_between_two_that_are_certain(tmp_path):
    (tmp_path / "a.ann").write_text("")
    (tmp_path / "train.parquet").write_bytes(b"PAR1")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        find_format(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: found .ann files (brat) and parquet files (Hugging Face data), expected one "
        "of both; --format brat or --format hub says which to read"
    )
    assert find_format(tmp_path, "brat") == "brat"
    assert find_format(tmp_path, "hub") == "hub"


@pytest.mark.parametrize("text", [CONLL, PRODIGY, DOCCANO, SPACY_V2])
def test_open_source_gives_the_same_sentence_of_each_format(tmp_path, text):
    (tmp_path / "a").write_text(text)
    source = open_source(tmp_path / "a", scheme="auto", lang="en", repair=True)
    (sentence,) = source
    assert sentence[:3] == (["Ada", "sings"], [(0, 1, "PER")], [])


def write(path: Path, kind: str) -> None:
    """Write a file that is no text, whatever its name."""
    text = CONLL.encode()
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.conll", text)
    else:
        packers = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
        magics = {"PDF": b"%PDF-1.7\n", "Office": b"\xd0\xcf\x11\xe0", "zstd": b"\x28\xb5\x2f\xfd"}
        magics |= {"SQLite": b"SQLite format 3\0", "PNG": b"\x89PNG\r\n\x1a\n", "ELF": b"\x7fELF"}
        path.write_bytes(packers[kind](text) if kind in packers else magics[kind] + text)


@pytest.mark.parametrize("format", ["auto", "conll", "jsonl"])
@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("gzip", "a gzip file; unpack it"),
        ("zip", "a zip file; unpack it"),
        ("bzip2", "a bzip2 file; unpack it"),
        ("xz", "a xz file; unpack it"),
        ("zstd", "a zstd file; unpack it"),
        ("PDF", "a PDF file; extract and annotate its text"),
        ("Office", "a Microsoft Office file; save it as text"),
        ("SQLite", "a SQLite database; export it as JSONL"),
        ("PNG", "a picture"),
        ("ELF", "a program"),
    ],
)
def test_open_source_refuses_what_is_no_text(tmp_path, kind, found, format):
    path = tmp_path / "train.conll"
    write(path, kind)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path, format=format)
    assert str(error.value) == f"{path}: expected annotated text, found {found}"


def test_open_source_refuses_paths_that_hold_nothing(tmp_path):
    (tmp_path / "train.spacy").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    folder = "expected a file, a folder of brat's .txt and .ann files or a data set of Hugging Face"
    cases = {
        "none": "expected a file or folder to convert, found nothing",
        "folder": f"{folder}, found a folder of nothing",
        ".": f"{folder}, found a folder of folder, train.spacy",
        "train.spacy": (
            "expected annotated text, found a .spacy file, which is converted already; "
            "`adaptive-spacy export` reads it"
        ),
    }
    for name, message in cases.items():
        with pytest.raises(ValueError) as error:  # noqa: PT011
            open_source(tmp_path / name)
        assert str(error.value) == f"{tmp_path / name}: {message}"


def test_find_format_refuses_unknown_name(tmp_path):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        find_format(tmp_path, "xlsx")
    assert str(error.value) == (f"--format: expected one of auto, {', '.join(FORMATS)}, got 'xlsx'")


def test_check_options_refuses_what_would_be_ignored():
    check_options(["conll", "brat"], ["group", "lang", "repair"])
    with pytest.raises(ValueError) as error:  # noqa: PT011
        check_options(["hub", "prodigy"], ["group"])
    assert str(error.value) == (
        "--group: expected a file of CoNLL, CoNLL-U, CoNLL-2012, CSV, lines of token|tag, WebAnno "
        "TSV 3, brat, which has such an option, found Hugging Face data, Prodigy"
    )
