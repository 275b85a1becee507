"""Inputs of a conversion: a path, a split, and options of one or of all."""

from pathlib import Path

import pytest

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.input import Input, set_options
from tests.data.util import WORDS, list_files, load_docs, write_numbers

INPUTS = [
    Input(Path("a/train.conll"), "train"),
    Input(Path("a/dev.conll"), "dev"),
    Input(Path("x")),
]


@pytest.mark.parametrize("name", ["a/dev.conll", "dev.conll", "dev", "./a/dev.conll"])
def test_option_of_one_input_is_given_by_any_of_its_names(name):
    inputs, common = set_options(INPUTS, {"tag_column": [f"{name}=3", "1"], "scheme": None})
    assert common == {"tag_column": "1"}
    assert [one.options for one in inputs] == [{}, {"tag_column": "3"}, {}]


def test_option_of_a_split_holds_for_all_its_inputs():
    inputs = [Input(Path("a"), "train"), Input(Path("b"), "train"), Input(Path("c"), "dev")]
    found, common = set_options(inputs, {"scheme": ["train=BIO", "c=IO"], "format": ["conll"]})
    assert common == {"format": "conll"}
    assert [one.options for one in found] == [
        {"scheme": "BIO"},
        {"scheme": "BIO"},
        {"scheme": "IO"},
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["test.conll=3"],
            "--tag-column test.conll=3: expected one of the inputs before the =, a/train.conll, "
            "a/dev.conll, x",
        ),
        (
            ["dev=3", "dev.conll=4"],
            "--tag-column dev.conll=4: expected one value for each input, got 3 too",
        ),
        (
            ["3", "4"],
            "--tag-column: expected one value for all inputs, got 3 and 4; INPUT=VALUE sets that "
            "of one input",
        ),
    ],
)
def test_option_that_fits_no_input_is_refused(values, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        set_options(INPUTS, {"tag_column": values})
    assert str(error.value) == message


def test_convert_reads_each_input_as_it_says(tmp_path):
    one, two = tmp_path / "train.conll", tmp_path / "dev.conll"
    one.write_text("Ada B-PER O\n")
    two.write_bytes("Ü O B-LOC\n".encode("latin-1"))
    inputs = [
        Input(one, "train"),
        Input(two, "dev", {"tag_column": 2, "encoding": "latin-1", "format": "conll"}),
    ]
    convert(inputs, tmp_path / "out", tag_column=1)
    found = {
        name: [
            (ent.text, ent.label_)
            for doc in load_docs(tmp_path / "out" / f"{name}.spacy")
            for ent in doc.ents
        ]
        for name in ("train", "dev")
    }
    assert found == {"train": [("Ada", "PER")], "dev": [("Ü", "LOC")]}


def test_convert_refuses_an_option_that_its_input_cannot_take(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Ada", "label": [[0, 3, "PER"]]}\n')
    with pytest.raises(ValueError, match="--group: expected a file of CoNLL"):
        convert([Input(path, "train", {"group": 2})], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", [".", "..", "../corpus", "./", "part/.."])
def test_a_folder_gives_its_split_its_name_however_it_is_written(tmp_path, monkeypatch, path):
    folder = tmp_path / "corpus"
    (folder / "part").mkdir(parents=True)
    (folder / "a.txt").write_text("Ada sings")
    (folder / "a.ann").write_text("T1\tPER 0 3\tAda\n")
    monkeypatch.chdir(folder / "part" if path == ".." else folder)
    convert([path], tmp_path / "out")
    assert list(list_files(tmp_path / "out")) == ["corpus.spacy"]


def test_a_link_gives_its_split_its_own_name(tmp_path):
    target = write_numbers(tmp_path / "0a1b2c", WORDS)
    (tmp_path / "train.conll").symlink_to(target)
    assert Input(tmp_path / "train.conll").name == "train"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            Input(Path(".a.conll")),
            ".a.conll: found the name '.a', expected one that can be that of a split, without a "
            "dot before it; write NAME=.a.conll",
        ),
        (
            Input(Path("a.conll"), "../a"),
            "a.conll: expected a split of letters, digits, - and _, got '../a'",
        ),
        (
            Input(Path("a.conll"), ""),
            "a.conll: expected a split of letters, digits, - and _, got ''",
        ),
    ],
)
def test_a_name_that_no_split_can_have_is_refused(tmp_path, monkeypatch, given, message):
    monkeypatch.chdir(tmp_path)
    write_numbers(given.path, WORDS)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert([given], "out")
    assert str(error.value) == message
    assert not Path("out").exists()
    convert([Input(given.path, "a")], "out")
    assert Path("out/a.spacy").is_file()


def test_a_file_that_joins_the_pool_may_have_any_name(tmp_path):
    path = write_numbers(tmp_path / ".a.conll", WORDS)
    convert([path], tmp_path / "out", split={"train": 1.0})
    assert list(list_files(tmp_path / "out")) == ["train.spacy"]
