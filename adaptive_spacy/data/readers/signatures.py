"""Name what is no annotated text, or text of a format that is not read, by its first bytes."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

# how packed files begin
PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
}
# how files begin that are no text, beside packed ones
BINARY = {
    b"%PDF": "a PDF file; extract and annotate its text",
    b"{\\rtf": "an RTF file; save it as plain text",
    b"PAR1": "a parquet file; --format hub reads it",
    b"ARROW1": "an Arrow file; --format hub reads it",
    b"FEA1": "a Feather file; save its table as parquet",
    b"Obj\x01": "an Avro file; save its records as JSONL",
    b"\x93NUMPY": "an array of numpy; save its lists as JSONL",
    b"\x89HDF\r\n": "an HDF5 file; save its table as parquet",
    b"\xd0\xcf\x11\xe0": "a Microsoft Office file; save it as text",
    b"SQLite format 3\0": "a SQLite database; export it as JSONL",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
}
PICKLE = (
    "a pickle, which can run any code and is never opened; where it was made, write it as JSONL, "
    "e.g. with srsly.write_jsonl"
)
# a pickle of protocol 2 to 5, and what those of 0 and 1 begin with
PICKLED = re.compile(
    rb"\x80[\x02-\x05].|\([ld]p\d+\n|\((?:V[^\n]*|S'[^\n]*')\np\d+\n|[\]}]q\x00|\([XU].\x00\x00",
    re.DOTALL,
)
# what lies in a zip file that is a document or a model
ZIPPED = (
    ("word/", "a Word document; save it as text"),
    ("xl/", "an Excel sheet; save it as CSV"),
    ("ppt/", "a PowerPoint file; save it as text"),
    ("content.xml", "an OpenDocument file; save it as text or CSV"),
    ("data.pkl", "a file of PyTorch, which holds a pickle; write its data as JSONL"),
    (".npy", "arrays of numpy; save their lists as JSONL"),
)

# how texts begin whose format is known and not read
TEXTS = (
    (
        re.compile(r"#FORMAT=WebAnno TSV"),
        "WebAnno TSV (INCEpTION); export it as CoNLL 2002",
    ),
    (
        re.compile(r"#begin document"),
        "CoNLL-2012 (OntoNotes); write a token and its tag per row",
    ),
    (
        re.compile(r"(# \S+ \| .*\r?\n)+#id=.*\r?\n#text="),
        "WebAnno TSV 2; open it in INCEpTION, and export WebAnno TSV 3 or CoNLL 2002",
    ),
    (
        re.compile(r"T\d+\t\S+ \d+ \d+(;\d+ \d+)*\t"),
        "brat's annotations without their text; give the folder of both, a.ann and a.txt",
    ),
    (re.compile(r"\{\\rtf"), "RTF; save it as plain text"),
    (re.compile(r"(?i)<!doctype html|<html[\s>]"), "HTML; extract and annotate its text"),
    (re.compile(r"diff --git |--- a/"), "a patch"),
)
# the root of XML, behind its declaration, comments and document type
ROOT = re.compile(
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)*<([A-Za-z_][\w:.-]*)",
    re.DOTALL,
)
XML_ROOTS = {
    "xmi:XMI": "UIMA XMI, as INCEpTION writes it; export as CoNLL 2002",
    "CAS": "UIMA CAS; export as CoNLL 2002 from INCEpTION",
    "TEI": "TEI; write the text with inline tags, <persName>Ada</persName>, a line per sentence",
    "FoLiA": "FoLiA; folia2conll of foliatools writes CoNLL",
    "GateDocument": "a document of GATE; export it as inline XML or as brat",
    "NAF": "NAF; write a token and its tag per row",
    "corpus": "XML of a corpus; write a token and its tag per row",
    "html": "HTML; extract and annotate its text",
    "svg": "a picture",
    "rss": "a feed; extract and annotate its texts",
}
YAML_LINE = re.compile(r"\s*(?:#.*|- .*|-|[\w\"'-]+:(?: .*)?|\s+.*)?")


def name_bytes(head: bytes) -> str:
    """RETURNS (str): What a file is that is no text, and what to do; "" if it may be text.

    head (bytes): How it begins.
    """
    for magic, name in PACKED.items():
        if head.startswith(magic):
            found = name_zipped(head) if name == "zip" else ""
            return found or f"a {name} file; unpack it"
    for magic, name in BINARY.items():
        if head.startswith(magic):
            return name
    if PICKLED.match(head):
        return PICKLE
    if head[257:262] == b"ustar":
        return "a tar file; unpack it"
    return ""


def name_zipped(head: bytes) -> str:
    """RETURNS (str): What document a zip file is, by the names in it; "" if it is none."""
    try:
        with ZipFile(BytesIO(head)) as archive:
            names = archive.namelist()
    except (BadZipFile, ValueError, OSError):  # no more than the beginning of one
        names = [
            match.decode("latin-1")
            for match in re.findall(rb"PK\x03\x04.{26}(.{1,80})", head, re.DOTALL)
        ]
    joined = "\n".join(names)
    return next((name for part, name in ZIPPED if part in joined), "")


def name_text(head: str) -> str:
    """RETURNS (str): Which format a text has that is not read, and how to convert it; "" if none
    is known.

    head (str): How it begins, without a byte order mark.
    """
    for pattern, name in TEXTS:
        if pattern.match(head.lstrip()):
            return name
    root = ROOT.match(head)
    if root and (head.lstrip().startswith(("<?xml", "<!")) or root[1] in XML_ROOTS):
        known = XML_ROOTS.get(root[1].removeprefix("tei:"))
        return known or (
            f"XML with the root <{root[1]}>, which is not BioC; write its text with inline tags, "
            "<PER>Ada</PER> sings, a line per sentence, or as JSONL"
        )
    if is_yaml(head):
        return "YAML that is not Rasa's; write its records as JSONL"
    return ""


def is_yaml(head: str) -> bool:
    """Whether a text begins as YAML does, and as no table does."""
    lines = [line for line in head.splitlines()[:20] if line.strip()]
    if not lines or "\t" in head[:2_000]:
        return False
    if lines[0].rstrip() == "---" or lines[0].startswith("%YAML"):
        return True
    keys = [line for line in lines if re.fullmatch(r"[\w-]+:(?: .*)?", line)]
    return bool(keys) and keys[0] == lines[0] and all(YAML_LINE.fullmatch(one) for one in lines)
