"""Where the tests of real corpora look."""

from pathlib import Path

import pytest

from tests import conftest
from tests.conftest import corpus_file


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout in the place of this one."""
    monkeypatch.setattr(conftest, "ROOT", tmp_path / "checkout")
    monkeypatch.delenv("ADAPTIVE_SPACY_DATA", raising=False)
    return tmp_path / "checkout"


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_corpus_file_is_taken_from_the_folder_that_the_environment_names(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = write(checkout / "assets" / "raw" / "a" / "b.txt")
    assert corpus_file("a/b.txt") == raw
    named = write(tmp_path / "named" / "a" / "b.txt")
    monkeypatch.setenv("ADAPTIVE_SPACY_DATA", str(tmp_path / "named"))
    assert corpus_file("a/b.txt") == named
    assert corpus_file("a") == named.parent
    named.unlink()
    assert corpus_file("a/b.txt") == raw


def test_corpus_file_skips_a_test_without_it(checkout: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="needs a/b"):
        corpus_file("a/b.txt")
