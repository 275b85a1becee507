"""Which files and folders a config names, and what an earlier snapshot does not know of them."""

from pathlib import Path
from typing import Any

import pytest
from thinc.api import Config

from adaptive_spacy.training.resume.identity import (
    all_files,
    differences,
    hash_named,
    identify,
    is_same,
)

MINE = {"@readers": "mine.v1"}
#: All folders in the working directory but for `out`
FOLDERS = ("data", "docs", "en", "numpy", "out/model")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.spacy").write_text(folder)
    for name in ("train.spacy", "patterns.jsonl", "PER"):
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def named(**sections: Any) -> set[str]:
    return set(all_files(identify(Config(sections))))


@pytest.mark.parametrize(
    ("section", "block", "expected"),
    [
        ("corpora", {"train": {**MINE, "file": "train.spacy"}}, {"train.spacy"}),
        ("corpora", {"train": {**MINE, "file": "PER"}}, {"PER"}),
        ("corpora", {"train": {**MINE, "parts": ["train.spacy", "data"]}}, {"train.spacy", "data"}),
        ("corpora", {"train": {**MINE, "parts": [["data"], {"from": "docs"}]}}, {"data", "docs"}),
        ("corpora", {**MINE, "folder": "data/../data"}, {"data/../data"}),
        # shards, which are called as one file would be
        ("corpora", {"train": {**MINE, "file": "data.spacy"}}, {"data"}),
        (
            "paths",
            {"train": ["train.spacy", "gone"], "more": {"a": "data"}},
            {"train.spacy", "data"},
        ),
        (
            "initialize",
            {"before_init": {"@callbacks": "a.v1", "tokenizer": "data", "vocab": "numpy"}},
            {"data"},
        ),
        (
            "components",
            {"a": {"patterns": "patterns.jsonl", "weights": "./docs"}},
            {"patterns.jsonl", "docs"},
        ),
        (
            "training",
            {"batcher": {"@batchers": "a.v1", "lengths": "patterns.jsonl"}},
            {"patterns.jsonl"},
        ),
        # what it logs to changes; what it reads does not
        ("training", {"logger": {"output_file": "patterns.jsonl", "to": ["out/model"]}}, set()),
        ("training", {"logger": {"test": [{**MINE, "file": "train.spacy"}]}}, {"train.spacy"}),
    ],
)
def test_whatever_names_a_file_is_found(
    here: Path, section: str, block: dict[str, Any], expected: set[str]
) -> None:
    assert named(**{section: block}) == expected


@pytest.mark.parametrize("text", ["", ".", "..", "/", "./", "x" * 5000, "a\0b", "data/gone"])
def test_texts_that_are_no_files_of_a_training_are_left(here: Path, text: str) -> None:
    block = {"a": {**MINE, "sign": text, "signs": [text, "!"]}}
    found = identify(Config({"paths": {"a": [text]}, "corpora": block, "components": block}))
    assert all_files(found) == {}
    if text in ("", "/"):
        assert identify(Config({"paths": {"vectors": text}}))["files"] == {}
        assert hash_named({"paths": {"vectors": text}}) == {}


def test_labels_and_names_that_are_called_like_a_folder_are_none(here: Path) -> None:
    reader = {**MINE, "units": "docs", "lang": "en", "labels": ["docs", "PER", "LOC"]}
    labels = {"labels": ["docs", "PER", "data"]}
    assert named(corpora={"train": reader}) == set()
    assert named(initialize={"components": {"ner": labels}, "lookups": {"lang": "en"}}) == set()
    assert named(components={"docs": {"factory": "docs", "label": "PER", **labels}}) == set()
    assert named(nlp={"lang": "en", "pipeline": ["docs"]}, variables={"a": "data/a.spacy"}) == set()


def test_output_that_a_reader_names_is_nothing_that_it_reads(here: Path) -> None:
    config = Config({"corpora": {"train": {**MINE, "file": "train.spacy", "cache": "out"}}})
    then = identify(config, output=Path("out"))
    assert set(all_files(then)) == {"train.spacy"}
    (here / "out" / "more").write_text("a")
    assert is_same(then, identify(config, output=here / "out"))


def test_other_content_of_a_file_of_ones_own_reader_is_a_difference(here: Path) -> None:
    config = Config({"corpora": {"train": {**MINE, "file": "train.spacy", "parts": ["data"]}}})
    then = identify(config)
    assert differences(then, identify(config)) == []
    (here / "train.spacy").write_text("other")
    (here / "data" / "a.spacy").write_text("other")
    assert differences(then, identify(config)) == [
        "the content of data is another one",
        "the content of train.spacy is another one",
    ]
    (here / "train.spacy").rename("moved.spacy")
    (here / "data" / "a.spacy").write_text("data")
    other = Config({"corpora": {"train": {**MINE, "file": "moved.spacy", "parts": ["data"]}}})
    assert len(differences(then, identify(other))) == 3
    (here / "moved.spacy").write_text("train.spacy")
    assert differences(then, identify(other)) == []


def test_snapshot_of_before_goes_on_where_nothing_is_known_to_differ(here: Path) -> None:
    """It has no checksums of what was not looked at, and one of the folder that one worked in
    where a path was an empty text."""
    reader = {**MINE, "file": "train.spacy", "path": "docs"}
    config = Config({"paths": {"vectors": ""}, "corpora": {"train": reader}})
    now = identify(config)
    assert now["others"].keys() == {"train.spacy"}
    then = {key: value for key, value in now.items() if key != "others"}
    then["files"] = {**then["files"], ".": "0"}
    assert differences(then, now) == []
    assert is_same(then, now)
    then["files"]["docs"] = "0"
    assert differences(then, now) == ["the content of docs is another one"]
    assert not is_same(then, now)


def test_what_a_job_of_a_sweep_is_does_not_depend_on_other_files(here: Path) -> None:
    """Its records are found by it, those of before too."""
    reader = {**MINE, "file": "train.spacy", "path": "docs"}
    assert hash_named({"corpora": {"train": reader}}).keys() == {"docs"}
