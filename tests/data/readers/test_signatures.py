"""What is no annotated text, or of a format that is not read, is named by how it begins."""

import zipfile
from io import BytesIO

import pytest

from adaptive_spacy.data.readers.signatures import is_yaml, name_bytes, name_text
from tests.data.readers.opened import refuse


def zipped(*names: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            # without the time of now, which would name the parameter anew in each process
            archive.writestr(zipfile.ZipInfo(name), "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (zipped("[Content_Types].xml", "word/document.xml"), "a Word document; save it as text"),
        (zipped("xl/workbook.xml"), "an Excel sheet; save it as CSV"),
        (zipped("ppt/slides.xml"), "a PowerPoint file; save it as text"),
        (zipped("mimetype", "content.xml"), "an OpenDocument file; save it as text or CSV"),
        (zipped("archive/data.pkl"), "a file of PyTorch, which holds a pickle"),
        (zipped("a.npy"), "arrays of numpy"),
        (zipped("a.conll"), "a zip file; unpack it"),
        (zipped("word/document.xml")[:60], "a Word document"),
        (b"{\\rtf1\\ansi}", "an RTF file; save it as plain text"),
        (b"\x93NUMPY\x01\x00", "an array of numpy"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"Obj\x01\x04", "an Avro file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z file; unpack it"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"a" * 257 + b"ustar", "a tar file; unpack it"),
        (b"%PDF-1.7", "a PDF file; extract and annotate its text"),
    ],
)
def test_bytes_are_named(tmp_path, content, found):
    assert name_bytes(content).startswith(found)
    for format in ("auto", "conll", "jsonl", "entities"):
        assert f"found {found}" in refuse(tmp_path, content, format=format)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<?xml version="1.0"?>\n<xmi:XMI xmlns:xmi="x"/>', "UIMA XMI"),
        ("<TEI><text/></TEI>", "TEI"),
        ('<?xml version="1.0"?><tei:TEI/>', "TEI"),
        ("<?xml version='1.0'?><!-- a > b --><FoLiA/>", "FoLiA"),
        ("<!DOCTYPE GateDocument [<!ELEMENT a ANY>]><GateDocument/>", "a document of GATE"),
        ("<?xml version='1.0'?><dataset><a/></dataset>", "XML with the root <dataset>"),
        ("<html><body>x</body></html>", "HTML"),
        ("<!doctype html><p>", "HTML"),
        ("---\nversion: 1\n", "YAML that is not Rasa's"),
        ("version: 1\nitems:\n  - text: Ada\n", "YAML that is not Rasa's"),
        ("# comment\n- text: Ada\n  label: PER\n", ""),
    ],
)
def test_texts_are_named(tmp_path, text, found):
    assert name_text(text).startswith(found)
    if found:
        assert f": expected a format that is read, found {found}" in refuse(tmp_path, text)


@pytest.mark.parametrize(
    "text", ["Ada: B-PER\n", "Ada\tB-PER\n", "- O\nAda B-PER\n", "--- O\n", "x: O\ny O\n", ""]
)
def test_tables_are_no_yaml(text):
    assert not is_yaml(text) or text == "Ada: B-PER\n"
    assert not name_bytes(text.encode())
