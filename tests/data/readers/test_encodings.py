"""Which encoding a file has: what is hinted is followed here, and gives the text."""

import pickle
import re

import pytest

from adaptive_spacy.data.readers import encodings
from adaptive_spacy.data.readers.encodings import guess_encoding
from tests.data.readers.opened import put, read, refuse

WRITTEN = {
    "gb18030": ["中共中央\tB-ORG\n的\tO\n", "中国\tB-LOC\n", "各位代表、各位同志\tO\n"],
    "gbk": ["在中国致公党第十一次全国代表大会\tO\n"],
    "big5": ["臺灣的經濟發展\tO\n我們在台北見面\tO\n"],
    "shift_jis": ["東京都は日本の首都です\tO\n", "わたしはアダに会いました\tO\n"],
    "euc_jp": ["東京都は日本の首都です\tO\n"],
    "euc_kr": ["서울은\tB-LOC\n대한민국의\tB-LOC\n수도이다\tO\n"],
    "cp1251": ["Привет\tO\nМосква\tB-LOC\n"],
    "koi8-r": ["Привет\tO\nМосква\tB-LOC\n"],
    "cp1253": ["Η\tO\nΑθήνα\tB-LOC\n"],
    "latin-1": ["Zürich\tB-LOC\n", "Zoé\tB-PER\nsings\tO\n", "Åre\tB-LOC\n"],
    "cp1252": ["“Zoé”\tB-PER\n–\tO\nà\tO\n"],
    "iso8859-2": ["Łódź\tB-LOC\npiękna\tO\n", "Příliš\tO\nžluťoučký\tO\n"],
    "cp1250": ["Łódź\tB-LOC\npiękna\tO\n", "Příliš\tO\nžluťoučký\tO\n"],
    "utf-16": ["Zürich\tB-LOC\n", "中国\tB-LOC\n"],
    "utf-32": ["Zürich\tB-LOC\n"],
    "utf-16-le": ["Zürich\tB-LOC\n"],
    "utf-16-be": ["Zürich\tB-LOC\n"],
}


@pytest.mark.parametrize("encoding", WRITTEN)
def test_the_encoding_that_is_hinted_gives_the_text(tmp_path, encoding):
    for text in WRITTEN[encoding]:
        message = refuse(tmp_path, text.encode(encoding))
        (hinted,) = re.findall(r"--encoding ([\w-]+)", message)
        (sentence,) = read(tmp_path, text.encode(encoding), encoding=hinted)
        assert sentence.text.split() == [line.split("\t")[0] for line in text.splitlines()]


@pytest.mark.parametrize("before", [3, 999, 1000, 1500, 2003])
@pytest.mark.parametrize("filler", ["EU\tO\n\n", "中\tO\n\n"])
def test_what_comes_late_in_a_file_counts(tmp_path, monkeypatch, before: int, filler: str) -> None:
    monkeypatch.setattr(encodings, "SAMPLE_BYTES", 1000)
    text = (filler * (before // len(filler.encode()) + 1)).encode()
    message = refuse(tmp_path, text + "Café\tB-LOC\n".encode("latin-1"))
    cut = refuse(tmp_path, text + "Caf\xe9".encode()[:-1])
    # what has just failed
    assert "--encoding utf-8" not in cut
    if filler.isascii():
        assert message.endswith("--encoding latin-1 reads 'Café\\tB-LOC'; pass it if that is right")
    else:
        # it is UTF-8 before
        assert "--encoding latin-1 reads" not in message
        assert cut.endswith("it is damaged, or ends inside of a character")


@pytest.mark.parametrize(
    "data",
    [
        b"\xed\xa0\x80\tO\n",
        b"a\t\x81\x8d\x8f\x90\x9d\n",
    ],
)
def test_no_encoding_is_hinted_where_none_gives_text(tmp_path, data):
    assert guess_encoding(data) == ""
    assert refuse(tmp_path, data).endswith("pass --encoding with the one that it was written in")


def test_a_file_cut_in_a_character_is_called_so(tmp_path):
    text = "Zürich\tB-LOC\nZ\xfc".encode()[:-1]
    assert refuse(tmp_path, text).endswith("it is damaged, or ends inside of a character")


@pytest.mark.parametrize("content", [b'[{"text": "Zo\xeb", "entities": []}]', b"Zo\xeb\tB-PER\n"])
@pytest.mark.parametrize("format", ["auto", "given"])
def test_json_and_conll_hint_the_same(tmp_path, content, format):
    kind = "jsonl" if content.startswith(b"[") else "conll"
    message = refuse(tmp_path, content, format=kind if format == "given" else "auto")
    assert "--encoding latin-1 reads " in message
    assert "Zoë" in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_json_is_told_in_its_encoding(tmp_path, encoding):
    content = '{"text": "Zoë", "entities": [[0, 3, "PER"]]}\n'.encode(encoding)
    (sentence,) = read(tmp_path, content, encoding=encoding)
    assert sentence.ents == [("Zoë", "PER")]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("format", ["auto", "conll", "jsonl"])
@pytest.mark.parametrize("value", [[("Ada", {"entities": []})], {"a": 1}, ("Ada", 1)])
def test_a_pickle_is_refused_by_name(tmp_path, value, protocol, format):
    message = refuse(tmp_path, pickle.dumps(value, protocol), format=format)
    assert "a pickle, which can run any code and is never opened" in message
    assert "--encoding" not in message
    assert put(tmp_path, b"").stat().st_size == 0
