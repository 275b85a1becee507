import re
from pathlib import Path

import pytest

from adaptive_spacy.data.stats.split_files import find_splits


@pytest.mark.parametrize(
    ("files", "paths", "expected"),
    [
        (["a.spacy", "b.spacy"], ["a.spacy", "b.spacy"], {"a": ["a.spacy"], "b": ["b.spacy"]}),
        (["test.spacy", "dev.spacy", "x.spacy", "train.spacy"], ["."], "train dev test x"),
        # shards
        (["c/train/0.spacy", "c/train/1.spacy", "c/dev.spacy"], ["c"], "train dev"),
        (["train/0.spacy", "train/1.spacy"], ["train"], {"train": ["0.spacy", "1.spacy"]}),
        (
            ["a.spacy", "b/1.spacy"],
            ["train=a.spacy", "dev=b"],
            {"train": ["a.spacy"], "dev": ["1.spacy"]},
        ),
    ],
)
def test_splits_are_found(tmp_path: Path, monkeypatch, files, paths, expected) -> None:
    monkeypatch.chdir(tmp_path)
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    found = {name: [path.name for path in found] for name, found in find_splits(paths).items()}
    if isinstance(expected, str):
        assert list(found) == expected.split()
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "expected a .spacy file or a folder of them, got none"),
        (["gone.spacy"], "gone.spacy: expected a .spacy file or a folder of them, found nothing"),
        (
            ["a.txt"],
            "a.txt: expected a .spacy file or a folder of them, found another file: "
            "`adaptive-spacy convert` makes them",
        ),
        (
            ["empty"],
            "empty: expected a folder of .spacy files, found none in it: "
            "`adaptive-spacy convert` makes them",
        ),
        (
            ["a.spacy", "b/a.spacy"],
            "expected one path for each split, got two for a; name one of them otherwise, e.g. "
            "other=b/a.spacy",
        ),
        (
            ["a=a.spacy", "a=b/a.spacy"],
            "expected one path for each split, got two for a; name one of them otherwise, e.g. "
            "other=b/a.spacy",
        ),
    ],
)
def test_splits_that_are_none_are_errors(tmp_path: Path, monkeypatch, paths, message) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("empty", "b"):
        (tmp_path / name).mkdir()
    for name in ("a.txt", "a.spacy", "b/a.spacy"):
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        find_splits(paths)
