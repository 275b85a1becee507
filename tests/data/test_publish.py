"""Putting new splits in place of old ones: all or none."""

from pathlib import Path

import pytest
import spacy

from adaptive_spacy.data.convert import Input, convert
from adaptive_spacy.data.corpus import FractionCorpus
from adaptive_spacy.data.publish import aside, list_others, publish
from tests.data.util import WORDS, first_words, list_files, write_numbers


def write(folder: Path, *names: str, text: str = "new") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def put(output: Path, *names: str) -> None:
    with aside(output) as folder:
        write(folder, *names)
        publish(folder, output)


def test_publish_replaces_a_file_by_shards_and_back(tmp_path):
    output = tmp_path / "out"
    put(output, "train.spacy", "dev.spacy")
    write(output, "train.spacy", "dev.spacy", text="old")
    put(output, "train/000.spacy", "train/001.spacy")
    assert read(output) == {
        "dev.spacy": "old",
        "train/000.spacy": "new",
        "train/001.spacy": "new",
    }
    put(output, "train.spacy")
    assert read(output) == {"dev.spacy": "old", "train.spacy": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_publish_replaces_all_old_shards(tmp_path):
    output = tmp_path / "out"
    put(output, "train/000.spacy", "train/001.spacy", "train/002.spacy")
    put(output, "train/000.spacy", "train/001.spacy")
    assert list(read(output)) == ["train/000.spacy", "train/001.spacy"]


@pytest.mark.parametrize(
    ("there", "new", "message"),
    [
        ("train.spacy/mine.txt", "train.spacy", "train.spacy: expected a file to replace, found a"),
        ("train/mine.txt", "train/000.spacy", "train: expected a folder of shards such as 000"),
        ("train/000.spacy/mine.txt", "train/000.spacy", "train: expected a folder of shards"),
        ("train", "train/000.spacy", "train: expected a folder of shards such as 000.spacy"),
    ],
)
def test_publish_replaces_nothing_that_is_no_split(tmp_path, there, new, message):
    output = tmp_path / "out"
    write(output, "dev.spacy", there, text="old")
    before = read(output)
    with pytest.raises(ValueError, match=message):
        put(output, "dev.spacy", new)
    assert read(output) == before


def test_publish_leaves_a_folder_of_the_user_beside_a_file(tmp_path):
    output = tmp_path / "out"
    write(output, "train/notes.txt", text="old")
    put(output, "train.spacy")
    assert read(output) == {"train.spacy": "new", "train/notes.txt": "old"}


@pytest.mark.parametrize("failing", range(5))
def test_publish_restores_everything_after_an_error(tmp_path, monkeypatch, failing):
    output = tmp_path / "out"
    write(output, "dev.spacy", "train.spacy", "test/000.spacy", text="old")
    before = read(tmp_path)
    rename, calls = Path.rename, []

    def fail(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == failing + 1:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="No space left"):
        put(output, "dev.spacy", "train/000.spacy", "test.spacy")
    assert read(tmp_path) == before


def test_aside_leaves_nothing_behind(tmp_path):
    def stop() -> None:
        with aside(tmp_path / "new" / "out") as folder:
            write(folder, "train.spacy")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert read(tmp_path) == {}


def test_list_others_names_files_and_folders_of_shards(tmp_path):
    write(tmp_path, "a.spacy", "b/000.spacy", "c.spacy", "d/000.spacy", "d/x", "notes.txt")
    assert list_others(tmp_path, {"c"}) == ["a.spacy", "b"]


def test_convert_replaces_its_own_files_and_names_what_stays(tmp_path):
    output = tmp_path / "out"
    for words in (["one"], ["two"]):
        convert([Input(write_numbers(tmp_path / "a.conll", words), "train")], output)
    assert first_words(output / "train.spacy") == ["two"]
    (output / "notes.txt").write_text("mine")
    summary = convert([Input(write_numbers(tmp_path / "a.conll", ["three"]), "dev")], output)
    assert summary.warnings() == [f"Left from before in {output}: train.spacy"]
    assert sorted(list_files(output)) == ["dev.spacy", "notes.txt", "train.spacy"]


def test_convert_writes_shards_above_a_size_and_replaces_them(tmp_path):
    pool = write_numbers(tmp_path / "all.conll", WORDS)
    shares = {"train": 0.8, "dev": 0.2}
    summary = convert([pool], tmp_path / "out", split=shares, shard_size=3)
    files = ["dev.spacy", "train/000.spacy", "train/001.spacy", "train/002.spacy"]
    assert sorted(list_files(tmp_path / "out")) == files
    assert summary.splits["train"].docs == 8
    corpus = FractionCorpus(tmp_path / "out" / "train")
    nlp = spacy.blank("xx")
    sharded = [example.reference[0].text for example in corpus(nlp)]
    convert([pool], tmp_path / "out", split=shares)
    assert sorted(list_files(tmp_path / "out")) == ["dev.spacy", "train.spacy"]
    assert first_words(tmp_path / "out" / "train.spacy") == sharded
