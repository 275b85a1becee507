import hashlib
import os
from pathlib import Path

import pytest

from adaptive_spacy import hashing
from adaptive_spacy.hashing import hash_content, hash_file, hash_once


def test_hash_is_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    expected = hashlib.sha256(b"one").hexdigest()
    assert hash_file(tmp_path / "a") == hash_once(tmp_path / "a") == expected


def test_hash_of_a_folder_is_of_names_and_content(tmp_path: Path) -> None:
    def write(name: str, **files: str) -> Path:
        (tmp_path / name / "inner").mkdir(parents=True)
        for file, text in files.items():
            (tmp_path / name / "inner" / file).write_text(text)
        return tmp_path / name

    folder = write("first", a="one", b="two")
    assert hash_content(write("same", a="one", b="two")) == hash_content(folder)
    others = [write("other", a="one", b="three"), write("renamed", a="one", c="two")]
    assert hash_content(folder) not in map(hash_content, others)
    more = write("more", a="one", b="two")
    (more / "output").mkdir()
    (more / "output" / "model").touch()
    assert hash_content(more) != hash_content(folder)
    assert hash_content(more, (more / "output").resolve()) == hash_content(folder)
    assert hash_content(folder / "inner" / "a") == hash_once(folder / "inner" / "a")


def test_file_is_read_once_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def note(path: Path) -> str:
        read.append(path)
        return hash_file(path)

    monkeypatch.setattr(hashing, "hash_file", note)
    file = tmp_path / "b"
    file.write_bytes(b"one")
    assert hash_once(file) == hash_once(file)
    assert len(read) == 1
    before = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert hash_once(file) == hashlib.sha256(b"two").hexdigest()
    assert len(read) == 2
