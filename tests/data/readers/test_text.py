"""Text files that are none, or are in another encoding than one thinks."""

import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from tests.data.readers.conll_files import write


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", "UTF8"])
def test_conll_reads_other_encodings(tmp_path, encoding):
    path = write(tmp_path, "Åre B-LOC\n\nlängden O\n", encoding)
    assert [s.words for s in ConllFile(path, encoding=encoding)] == [["Åre"], ["längden"]]


def test_conll_names_the_line_that_cannot_be_decoded(tmp_path):
    path = write(tmp_path, "a O\n" * 5000 + "Åre B-LOC\n", "latin-1")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path)
    assert str(error.value) == (
        f"{path}:5001: found byte 0xc5, expected utf-8 text; --encoding latin-1 reads "
        "'Åre B-LOC'; pass it if that is right"
    )


def test_conll_refuses_text_that_is_not_utf_16(tmp_path):
    path = write(tmp_path, "abc O\n\n")
    path.write_bytes(b"\xff\xfea")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path, encoding="utf-16")
    assert str(error.value) == (
        f"{path}: found byte 0x61, expected utf-16 text; it is damaged, or ends inside "
        "of a character"
    )


def test_conll_refuses_paths_that_are_no_files(tmp_path):
    with pytest.raises(ValueError, match=r"expected a CoNLL file, found a folder$"):
        ConllFile(tmp_path)
    with pytest.raises(ValueError, match=r"nowhere\.txt: expected a CoNLL file, found nothing$"):
        ConllFile(tmp_path / "nowhere.txt")
