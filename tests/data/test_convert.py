"""The conversion to .spacy files: division, what is written and when."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from spacy.tokens import DocBin

from adaptive_spacy.data.convert import Input, convert
from tests.data.util import WORDS, first_words, list_files, load_docs, write_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("train=a.conll", Input(Path("a.conll"), "train")),
        ("train=a=b.conll", Input(Path("a=b.conll"), "train")),
        ("folder/a.conll", Input(Path("folder/a.conll"))),
        ("./train=a.conll", Input(Path("train=a.conll"))),
        ("=a.conll", Input(Path("=a.conll"))),
    ],
)
def test_input_parses_the_command_line(text, expected):
    assert Input.parse(text) == expected


def test_convert_names_splits_like_the_files(tmp_path):
    files = [
        write_numbers(tmp_path / "a.dev.conll", ["one"]),
        write_numbers(tmp_path / "b.txt", ["two"]),
    ]
    convert(files, tmp_path / "out")
    assert sorted(list_files(tmp_path / "out")) == ["a.dev.spacy", "b.spacy"]


def test_convert_joins_given_splits_and_shares_of_the_pool(tmp_path):
    inputs = [
        Input(write_numbers(tmp_path / "test.conll", ["nine", "ten"]), "test"),
        Input(write_numbers(tmp_path / "pool.conll", WORDS[:6])),
        Input(write_numbers(tmp_path / "more.conll", ["eight"]), "train"),
    ]
    summary = convert(inputs, tmp_path / "out", split={"train": 0.5, "dev": 0.5})
    assert {name: split.sentences for name, split in summary.splits.items()} == {
        "train": 4,
        "dev": 3,
        "test": 2,
    }
    assert first_words(tmp_path / "out" / "train.spacy")[-1] == "eight"


def test_convert_writes_docs_with_the_corpus_own_tokens(tmp_path):
    path = tmp_path / "all.conll"
    path.write_text("don't B-X\n, I-X\n# O\n\nwell\nyes O\n", encoding="utf8")
    convert([path], tmp_path / "out", missing_tag="mask", lang="en")
    one, two = load_docs(tmp_path / "out" / "all.spacy")
    assert one.has_unknown_spaces
    assert [(token.text, token.ent_iob_, token.ent_type_) for token in one] == [
        ("don't", "B", "X"),
        (",", "I", "X"),
        ("#", "O", ""),
    ]
    assert [(token.text, token.ent_iob_) for token in two] == [("well", ""), ("yes", "O")]


def test_convert_writes_the_same_bytes_in_another_process(tmp_path):
    pool = write_numbers(tmp_path / "all.conll", WORDS)
    convert([pool], tmp_path / "here", split={"train": 0.5, "dev": 0.5})
    code = (
        "import sys; from adaptive_spacy.data.convert import convert; "
        "convert(sys.argv[1:2], sys.argv[2], split={'train': 0.5, 'dev': 0.5})"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(pool), str(tmp_path / "there")],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        check=True,
    )
    assert list_files(tmp_path / "here") == list_files(tmp_path / "there")
    assert len(list_files(tmp_path / "here")) == 2


def test_convert_makes_folders_with_usual_permissions(tmp_path):
    convert([write_numbers(tmp_path / "a.conll", WORDS)], tmp_path / "new" / "out")
    (tmp_path / "usual").mkdir()
    assert (tmp_path / "new" / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert sorted(list_files(tmp_path)) == ["a.conll", "new/out/a.spacy"]


@pytest.mark.parametrize("former", [True, False])
@pytest.mark.parametrize("fault", ["row", "share", "full disk", "folder"])
def test_convert_leaves_all_as_it_was_after_an_error(tmp_path, monkeypatch, former, fault):
    output = tmp_path / "out"
    good = write_numbers(tmp_path / "a.conll", WORDS)
    if former:
        convert([Input(good, "train"), Input(good, "dev")], output)
    inputs, split = (
        [Input(good, "train"), Input(write_numbers(tmp_path / "b.conll", ["one"]))],
        None,
    )
    if fault == "row":
        (tmp_path / "b.conll").write_text("one B-NUM\ntwo\n")
    elif fault == "share":
        split = {"train": 0.1, "dev": 0.9 - 1e-9, "x": 1e-9, "y": 1e-9} | dict.fromkeys(
            "abcdefgh", 1e-10
        )
    elif fault == "full disk":
        write_to, written = DocBin.to_disk, []

        def to_disk(self: DocBin, path: Path) -> None:
            if written:
                raise OSError(28, "No space left on device")
            written.append(path)
            write_to(self, path)

        monkeypatch.setattr(DocBin, "to_disk", to_disk)
    elif not former:
        output.write_text("a file of the user")
    else:
        (output / "b.spacy").mkdir()
    before = list_files(tmp_path)
    with pytest.raises((ValueError, OSError)):
        convert(inputs, output, split=split)
    assert list_files(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["a.conll", "b.conll", *(["out"] if output.exists() else [])]
    )


def test_convert_keeps_sentence_starts_of_documents(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("-DOCSTART- O\n\na B-X\nb O\n\nc O\n\n-DOCSTART- O\n\nd O\n")
    summary = convert([path], tmp_path / "out", group="documents")
    one, two = load_docs(tmp_path / "out" / "a.spacy")
    assert [sent.text for sent in one.sents] == ["a b", "c"]
    assert [sent.text for sent in two.sents] == ["d"]
    assert summary.rows()[:2] == [["documents", "2"], ["sentences", "3"]]
    assert summary.notes() == [
        "CoNLL, scheme BIO (detected), tag column 1 (detected), token column 0, documents: a.conll"
    ]


def test_convert_says_what_it_repaired(tmp_path):
    (tmp_path / "a.conll").write_text("a I-X\nb O\nc I-X\n")
    (tmp_path / "b.conll").write_text("a B-X\n")
    files = [tmp_path / "a.conll", tmp_path / "b.conll"]
    summary = convert(files, tmp_path / "out", repair=True, scheme="BIO")
    assert summary.notes() == [
        "CoNLL, scheme BIO, tag column 1 (detected), token column 0: a.conll, b.conll",
        "Repaired in a.conll: 2 inner tags that continue no entity read as its start",
    ]
    assert summary.splits["a"].entities == {"X": 2}


def test_convert_joins_files_of_several_formats(tmp_path):
    conll = write_numbers(tmp_path / "a.conll", ["one"])
    jsonl = tmp_path / "b.jsonl"
    jsonl.write_text('{"text": "two times", "spans": [{"start": 0, "end": 3, "label": "NUM"}]}\n')
    summary = convert([Input(conll, "train"), Input(jsonl, "train")], tmp_path / "out")
    assert summary.notes() == [
        "CoNLL, scheme BIO (detected), tag column 1 (detected), token column 0: a.conll",
        "JSONL of Prodigy: b.jsonl",
    ]
    assert summary.rows()[0] == ["texts", "2"]
    one, two = load_docs(tmp_path / "out" / "train.spacy")
    assert (one.has_unknown_spaces, two.has_unknown_spaces) == (True, False)
    assert [ent.text for doc in (one, two) for ent in doc.ents] == ["one", "two"]


def test_convert_refuses_options_that_no_file_takes(tmp_path):
    jsonl = tmp_path / "b.jsonl"
    jsonl.write_text('{"text": "two", "spans": []}\n')
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert([jsonl], tmp_path / "out", group="documents")
    assert str(error.value) == (
        "--group: expected a file of CoNLL, CoNLL-U, CoNLL-2012, CSV, lines of token|tag, WebAnno "
        "TSV 3, brat, which has such an option, found texts with "
        "entities"
    )
    assert not (tmp_path / "out").exists()


def test_convert_does_not_read_what_another_format_is_claimed_for(tmp_path):
    path = write_numbers(tmp_path / "a.conll", ["one"])
    with pytest.raises(
        ValueError, match=r"a\.conll:1: found 'one B-NUM' at column 1, expected JSON"
    ):
        convert([path], tmp_path / "out", format="jsonl")


@pytest.mark.parametrize(
    ("inputs", "options", "message"),
    [
        ([], {}, "expected a file to convert, got none"),
        (
            ["{}/a.conll"],
            {"split": {"train": 2, "": 0.1}},
            "--split: expected shares in (0, 1], got train=2; "
            "--split: expected names of letters, digits, - and _, got ''",
        ),
        (
            [Input(Path("a.conll"), "train")],
            {"split": {"train": 1.0}},
            "--split: expected an input without SPLIT= to divide, got none",
        ),
        (
            ["{}/a.conll", "{}/sub/a.txt"],
            {},
            "expected one input for a.spacy, got 2: write a=PATH for each to join them, or divide "
            "them all with --split",
        ),
        (
            ["{}/a.conll"],
            {"shard_size": 0},
            "--shard-size: expected a number from 1, got 0",
        ),
        (
            ["{}/a.conll"],
            {"lang": "zz"},
            "--lang: expected the code of a language of spaCy, such as en, or xx for any, got 'zz'",
        ),
        (
            ["{}/b.conll"],
            {},
            "{}/b.conll: expected a file or folder to convert, found nothing",
        ),
        (
            ["wikigold"],
            {},
            "wikigold: expected a file to convert, found nothing; is it the name of a data set? "
            "Then add --datasets assets/datasets.yml",
        ),
    ],
)
def test_convert_refuses_bad_arguments(tmp_path, inputs, options, message):
    (tmp_path / "sub").mkdir()
    for name in ("a.conll", "sub/a.txt"):
        write_numbers(tmp_path / name, WORDS)
    filled = [x.format(tmp_path) if isinstance(x, str) else x for x in inputs]
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert(filled, tmp_path / "out", **options)
    assert str(error.value) == message.format(tmp_path)
    assert not (tmp_path / "out").exists()


def test_convert_refuses_a_file_as_output(tmp_path):
    path = write_numbers(tmp_path / "a.conll", WORDS)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert([path], path)
    assert str(error.value) == f"{path}: expected a folder to write to, found a file"
