"""The conversion to .spacy files: division, what is written and when, recipes."""

import hashlib
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import spacy
import srsly
from spacy.tokens import Doc, DocBin

from adaptive_spacy.data.convert import (
    Input,
    SplitSummary,
    check_split,
    convert,
    parse_split,
)
from adaptive_spacy.data.corpus import FractionCorpus
from adaptive_spacy.data.datasets import convert_recipe, read_recipe
from tests.conftest import corpus_file

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "assets" / "datasets.yml"

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def write(path: Path, words: list[str]) -> Path:
    """A file of sentences of two tokens, the first of which is a NUM."""
    path.write_text("\n".join(f"{word} B-NUM\n. O\n" for word in words), encoding="utf8")
    return path


def load(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))


def first_words(path: Path) -> list[str]:
    return [doc[0].text for doc in load(path)]


def list_files(folder: Path) -> dict[str, str]:
    """Every file below a folder, hidden ones too, with its digest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- division --------------------------------------------------------------------------------


def test_convert_divides_the_pool_by_seed_and_keeps_its_order(tmp_path):
    pool = write(tmp_path / "all.conll", WORDS)
    shares = {"train": 0.6, "dev": 0.2, "test": 0.2}
    summary = convert([pool], tmp_path / "out", split=shares, stratify=False)
    # literal, as it must be the same on every platform and with every version of Python
    assert {name: first_words(tmp_path / "out" / f"{name}.spacy") for name in shares} == {
        "train": ["one", "two", "four", "five", "seven", "eight"],
        "dev": ["three", "six"],
        "test": ["nine", "ten"],
    }
    assert [split.sentences for split in summary.splits.values()] == [6, 2, 2]
    assert summary.warnings() == []


def test_convert_divides_differently_by_another_seed(tmp_path):
    pool = write(tmp_path / "all.conll", WORDS)
    for seed in (0, 1):
        convert([pool], tmp_path / str(seed), split={"train": 0.5, "dev": 0.5}, seed=seed)
    zero, one = (first_words(tmp_path / str(seed) / "dev.spacy") for seed in (0, 1))
    assert zero != one


def test_convert_divides_each_type_by_the_shares(tmp_path):
    # 40 texts of a PER, 20 of a LOC, 3 of an ORG, 40 of nothing
    kinds = ["B-PER"] * 40 + ["B-LOC"] * 20 + ["B-ORG"] * 3 + ["O"] * 40
    pool = tmp_path / "all.conll"
    pool.write_text("\n".join(f"w{i} {tag}\n" for i, tag in enumerate(kinds)))
    shares = {"train": 0.8, "dev": 0.1, "test": 0.1}
    summary = convert([pool], tmp_path / "out", split=shares)
    assert {name: dict(split.entities) for name, split in summary.splits.items()} == {
        "train": {"PER": 32, "LOC": 16, "ORG": 1},
        "dev": {"PER": 4, "LOC": 2, "ORG": 1},
        "test": {"PER": 4, "LOC": 2, "ORG": 1},
    }
    assert [split.sentences for split in summary.splits.values()] == [82, 11, 10]
    # literal, as it must be the same on every platform and with every version of Python
    assert first_words(tmp_path / "out" / "dev.spacy") == [
        "w2",
        "w3",
        "w14",
        "w26",
        "w41",
        "w49",
        "w62",
        "w67",
        "w68",
        "w87",
        "w93",
    ]


def test_convert_keeps_copies_of_a_text_together(tmp_path):
    pool = [write(tmp_path / f"{i}.conll", WORDS) for i in range(3)]
    summary = convert(pool, tmp_path / "out", split={"train": 0.5, "dev": 0.5})
    train, dev = (first_words(tmp_path / "out" / f"{name}.spacy") for name in ("train", "dev"))
    assert len(train) == len(dev) == 15
    assert not set(train) & set(dev)
    assert not summary.shared


def test_convert_leaves_out_what_is_beyond_the_shares_and_says_so(tmp_path):
    pool = write(tmp_path / "all.conll", WORDS)
    summary = convert([pool], tmp_path / "out", split={"train": 0.3})
    assert summary.splits == {"train": summary.splits["train"]}
    assert summary.splits["train"].sentences == 3
    assert summary.warnings() == ["Sentences in no split, as the shares sum to less than 1: 7"]


# --- inputs with and without a split ---------------------------------------------------------


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
    files = [write(tmp_path / "a.dev.conll", ["one"]), write(tmp_path / "b.txt", ["two"])]
    convert(files, tmp_path / "out")
    assert sorted(list_files(tmp_path / "out")) == ["a.dev.spacy", "b.spacy"]


def test_convert_joins_given_splits_and_shares_of_the_pool(tmp_path):
    inputs = [
        Input(write(tmp_path / "test.conll", ["nine", "ten"]), "test"),
        Input(write(tmp_path / "pool.conll", WORDS[:6])),
        Input(write(tmp_path / "more.conll", ["eight"]), "train"),
    ]
    summary = convert(inputs, tmp_path / "out", split={"train": 0.5, "dev": 0.5})
    assert {name: split.sentences for name, split in summary.splits.items()} == {
        "train": 4,
        "dev": 3,
        "test": 2,
    }
    assert first_words(tmp_path / "out" / "train.spacy")[-1] == "eight"


def test_convert_counts_texts_that_several_splits_share(tmp_path):
    inputs = [
        Input(write(tmp_path / "a.conll", ["one", "two", "two", "three"]), "train"),
        Input(write(tmp_path / "b.conll", ["two", "three", "three"]), "dev"),
        Input(write(tmp_path / "c.conll", ["three", "four"]), "test"),
    ]
    assert convert(inputs, tmp_path / "out").warnings() == [
        "Texts that occur in more than one split: 1 in train and dev, 1 in train and dev and test"
    ]


# --- what is written -------------------------------------------------------------------------


def test_convert_writes_docs_with_the_corpus_own_tokens(tmp_path):
    path = tmp_path / "all.conll"
    path.write_text("don't B-X\n, I-X\n# O\n\nwell\nyes O\n", encoding="utf8")
    convert([path], tmp_path / "out", missing_tag="mask", lang="en")
    one, two = load(tmp_path / "out" / "all.spacy")
    assert one.has_unknown_spaces
    assert [(token.text, token.ent_iob_, token.ent_type_) for token in one] == [
        ("don't", "B", "X"),
        (",", "I", "X"),
        ("#", "O", ""),
    ]
    assert [(token.text, token.ent_iob_) for token in two] == [("well", ""), ("yes", "O")]


def test_convert_writes_the_same_bytes_in_another_process(tmp_path):
    pool = write(tmp_path / "all.conll", WORDS)
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
    convert([write(tmp_path / "a.conll", WORDS)], tmp_path / "new" / "out")
    (tmp_path / "usual").mkdir()
    assert (tmp_path / "new" / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert sorted(list_files(tmp_path)) == ["a.conll", "new/out/a.spacy"]


def test_convert_replaces_its_own_files_and_names_what_stays(tmp_path):
    output = tmp_path / "out"
    for words in (["one"], ["two"]):
        convert([Input(write(tmp_path / "a.conll", words), "train")], output)
    assert first_words(output / "train.spacy") == ["two"]
    (output / "notes.txt").write_text("mine")
    summary = convert([Input(write(tmp_path / "a.conll", ["three"]), "dev")], output)
    assert summary.warnings() == [f"Left from before in {output}: train.spacy"]
    assert sorted(list_files(output)) == ["dev.spacy", "notes.txt", "train.spacy"]


@pytest.mark.parametrize("former", [True, False])
@pytest.mark.parametrize("fault", ["row", "share", "full disk", "folder"])
def test_convert_leaves_all_as_it_was_after_an_error(tmp_path, monkeypatch, former, fault):
    output = tmp_path / "out"
    good = write(tmp_path / "a.conll", WORDS)
    if former:
        convert([Input(good, "train"), Input(good, "dev")], output)
    inputs, split = [Input(good, "train"), Input(write(tmp_path / "b.conll", ["one"]))], None
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


# --- shards, documents, repairs, formats -----------------------------------------------------


def test_convert_writes_shards_above_a_size_and_replaces_them(tmp_path):
    pool = write(tmp_path / "all.conll", WORDS)
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


def test_convert_keeps_sentence_starts_of_documents(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("-DOCSTART- O\n\na B-X\nb O\n\nc O\n\n-DOCSTART- O\n\nd O\n")
    summary = convert([path], tmp_path / "out", group="documents")
    one, two = load(tmp_path / "out" / "a.spacy")
    assert [sent.text for sent in one.sents] == ["a b", "c"]
    assert [sent.text for sent in two.sents] == ["d"]
    assert summary.rows()[:2] == [["documents", "2"], ["sentences", "3"]]
    assert summary.notes() == ["CoNLL, scheme BIO (detected), documents: a.conll"]


def test_convert_says_what_it_repaired(tmp_path):
    (tmp_path / "a.conll").write_text("a I-X\nb O\nc I-X\n")
    (tmp_path / "b.conll").write_text("a B-X\n")
    files = [tmp_path / "a.conll", tmp_path / "b.conll"]
    summary = convert(files, tmp_path / "out", repair=True, scheme="BIO")
    assert summary.notes() == [
        "CoNLL, scheme BIO: a.conll, b.conll",
        "Repaired in a.conll: 2 inner tags that continue no entity read as its start",
    ]
    assert summary.splits["a"].entities == {"X": 2}


def test_convert_joins_files_of_several_formats(tmp_path):
    conll = write(tmp_path / "a.conll", ["one"])
    jsonl = tmp_path / "b.jsonl"
    jsonl.write_text('{"text": "two times", "spans": [{"start": 0, "end": 3, "label": "NUM"}]}\n')
    summary = convert([Input(conll, "train"), Input(jsonl, "train")], tmp_path / "out")
    assert summary.notes() == ["CoNLL, scheme BIO (detected): a.conll", "JSONL of Prodigy: b.jsonl"]
    assert summary.rows()[0] == ["texts", "2"]
    one, two = load(tmp_path / "out" / "train.spacy")
    assert (one.has_unknown_spaces, two.has_unknown_spaces) == (True, False)
    assert [ent.text for doc in (one, two) for ent in doc.ents] == ["one", "two"]


def test_convert_refuses_options_that_no_file_takes(tmp_path):
    jsonl = tmp_path / "b.jsonl"
    jsonl.write_text('{"text": "two", "spans": []}\n')
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert([jsonl], tmp_path / "out", group="documents")
    assert str(error.value) == (
        "--group: expected a file of CoNLL, brat, which has such an option, found texts with "
        "entities"
    )
    assert not (tmp_path / "out").exists()


def test_convert_does_not_read_what_another_format_is_claimed_for(tmp_path):
    path = write(tmp_path / "a.conll", ["one"])
    with pytest.raises(
        ValueError, match=r"a\.conll:1: found 'one B-NUM' at column 1, expected JSON"
    ):
        convert([path], tmp_path / "out", format="jsonl")


# --- bad arguments ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train", "--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got 'train'"),
        ("a=0.5,", "--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got ''"),
        ("a=80%", "--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got 'a=80%'"),
        ("a=0.5,a=0.2", "--split: expected each name once, got 'a' twice"),
    ],
)
def test_parse_split_refuses_other_forms(text, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        parse_split(text)
    assert str(error.value) == message


def test_parse_split_reads_shares_in_order():
    assert list(parse_split("train=0.8, dev = .1,test=1e-1").items()) == [
        ("train", 0.8),
        ("dev", 0.1),
        ("test", 0.1),
    ]


@pytest.mark.parametrize(
    ("split", "faults"),
    [
        ({"train": 0.7, "dev": 0.15, "test": 0.15}, []),
        ({"train": 1}, []),
        ({"train": 0.8, "dev": 0.3}, ["expected shares that sum to at most 1, got 1.1"]),
        ({"train": 80, "dev": 20}, ["expected shares in (0, 1], got train=80"]),
        ({"train": 0.0}, ["expected shares in (0, 1], got train=0.0"]),
        ({"train": float("nan")}, ["expected shares in (0, 1], got train=nan"]),
        ({"../x": 0.5}, ["expected names of letters, digits, - and _, got '../x'"]),
    ],
)
def test_check_split_finds_faults(split, faults):
    found = check_split(split)
    assert found[: len(faults)] == faults
    assert bool(found) == bool(faults)


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
            "--lang: expected a language of spaCy, e.g. en, or xx for any, got 'zz'",
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
        write(tmp_path / name, WORDS)
    filled = [x.format(tmp_path) if isinstance(x, str) else x for x in inputs]
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert(filled, tmp_path / "out", **options)
    assert str(error.value) == message.format(tmp_path)
    assert not (tmp_path / "out").exists()


def test_convert_refuses_a_file_as_output(tmp_path):
    path = write(tmp_path / "a.conll", WORDS)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert([path], path)
    assert str(error.value) == f"{path}: expected a folder to write to, found a file"


# --- summary ---------------------------------------------------------------------------------


def test_summary_tabulates_counts_by_split_and_type(tmp_path):
    a, b = tmp_path / "a.conll", tmp_path / "b.conll"
    a.write_text("x B-PER\ny I-PER\nz B-LOC\n\n" + "w O\n" * 1200)
    b.write_text("x PER\ny\n")
    summary = convert([a, b], tmp_path / "out", missing_tag="mask")
    assert summary.header() == ["", "a", "b"]
    assert summary.rows() == [
        ["sentences", "2", "1"],
        ["tokens", "1,203", "2"],
        ["entities", "2", "1"],
        ["not annotated", "0", "1"],
        ["- LOC", "1", "0"],
        ["- PER", "1", "1"],
    ]
    assert summary.notes() == [
        "CoNLL, scheme BIO (detected): a.conll",
        "CoNLL, scheme bare (detected): b.conll",
    ]


def test_summary_shortens_a_long_list_of_files(tmp_path):
    files = [write(tmp_path / f"{i}.conll", ["one"]) for i in range(7)]
    assert convert(files, tmp_path / "out", scheme="bio").notes() == [
        "CoNLL, scheme BIO: 0.conll, 1.conll, 2.conll, 3.conll, 4.conll and 2 more"
    ]


# --- recipes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", srsly.read_yaml(DATASETS))
def test_shipped_recipe_is_valid_and_states_its_licence(name):
    recipe = read_recipe(name, datasets=DATASETS, raw="somewhere")
    assert recipe.licence
    assert recipe.source
    assert recipe.inputs
    assert all("{" not in str(path) for path, _ in recipe.inputs)


@pytest.mark.parametrize(
    ("name", "sentences", "entities", "warnings"),
    [
        ("wikigold", [1187, 255, 254], [2437, 550, 571], []),
        ("wnut17", [3394, 1009, 1287], [1975, 836, 1079], []),
        (
            "swedish_ner_corpus",
            [6196, 689, 2453],
            [3779, 421, 1403],
            ["Texts that occur in more than one split: 2 in dev and test, 15 in train and test"],
        ),
        (
            "uner_english_ewt",
            [1601, 400, 2077],
            [778, 188, 1088],
            ["Texts that occur in more than one split: 4 in dev and test, 23 in train and test"],
        ),
    ],
)
def test_shipped_recipe_converts_real_corpus(tmp_path, name, sentences, entities, warnings):
    raw = corpus_file(name).parent
    summary = convert_recipe(name, tmp_path / "out", datasets=DATASETS, raw=raw)
    assert list(summary.splits) == ["train", "dev", "test"]
    assert [split.sentences for split in summary.splits.values()] == sentences
    assert [split.entities.total() for split in summary.splits.values()] == entities
    assert summary.warnings() == warnings
    for split, counted in summary.splits.items():
        stored = SplitSummary()
        for doc in load(tmp_path / "out" / f"{split}.spacy"):
            stored.docs += 1
            stored.sentences += 1
            stored.tokens += len(doc)
            stored.missing += sum(token.ent_iob == 0 for token in doc)
            stored.entities.update(ent.label_ for ent in doc.ents)
        assert stored == counted


def write_recipes(folder: Path, text: str) -> Path:
    path = folder / "datasets.yml"
    path.write_text(text, encoding="utf8")
    return path


def test_recipe_converts_a_users_own_data(tmp_path):
    write(tmp_path / "all.txt", WORDS)
    (tmp_path / "test.txt").write_text("Åre\tLOC\nx\n", encoding="latin-1")
    text = f"""
    norsk:
      lang: no
      pool: "{{raw}}/all.txt"
      split: {{train: 0.5, dev: 0.5}}
      seed: 3
    two:
      lang: nb
      files: {{test: ["{{raw}}/test.txt"], dev: {tmp_path}/test.txt}}
      missing-tag: O
      encoding: latin-1
      scheme: bare
      tag-column: 1
    """
    datasets = write_recipes(tmp_path, text)
    summary = convert_recipe("two", tmp_path / "out", datasets=datasets, raw=tmp_path)
    assert list(summary.splits) == ["test", "dev"]
    assert summary.splits["test"].entities == {"LOC": 1}
    recipe = read_recipe("norsk", datasets=datasets, raw="there")
    assert recipe.inputs == [Input(Path("there/all.txt"))]
    assert recipe.options == {"split": {"train": 0.5, "dev": 0.5}, "seed": 3, "lang": "no"}
    assert (recipe.licence, recipe.source) == ("", "")


#: of the unpacked bytes, as packing differs between versions of zlib
WIKIGOLD = {
    "train": "57ccc23422461ac785244904bc87c8e9ed624d2a4b2b59bf81cc157d2667c9ca",
    "dev": "2a796fa5c2f8f92fde9a95d6a63038770456814df27512fbaa27e72fd989fe04",
    "test": "c0f744f53e425c88479e08b1777c19084711021abeec678ba39c0ec3a85f6b3a",
}


def test_wikigold_is_divided_as_for_the_published_records(tmp_path):
    raw = corpus_file("wikigold").parent
    convert_recipe("wikigold", tmp_path / "out", datasets=DATASETS, raw=raw)
    found = {
        path.stem: hashlib.sha256(zlib.decompress(path.read_bytes())).hexdigest()
        for path in (tmp_path / "out").iterdir()
    }
    assert found == WIKIGOLD


KEYS = (
    "licence, source, files, pool, split, stratify, seed, shard-size, format, group, repair, "
    "scheme, missing-tag, lang, encoding, token-column, tag-column"
)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("x: 3", ["x: expected keys such as files or pool, got 3"]),
        ("x:", ["x: expected keys such as files or pool, got None"]),
        (
            "x: {licence: MIT}",
            ["x: expected files (paths per split) or pool (paths to divide), found neither"],
        ),
        (
            "x: {file: a, files: {train: a}, Seed: 1}",
            [
                f"x: unknown key 'file', expected one of {KEYS}",
                f"x: unknown key 'Seed', expected one of {KEYS}",
            ],
        ),
        (
            "x: {files: a.conll}",
            ["x: files: expected a path or a list of paths per split, got 'a.conll'"],
        ),
        (
            "x: {files: {train: [], dev: 1}}",
            ["x: files: expected a path or a list of paths per split, got {'train': [], 'dev': 1}"],
        ),
        (
            "x: {files: {../train: a}}",
            ["x: files: expected a path or a list of paths per split, got {'../train': 'a'}"],
        ),
        (
            "x: {pool: a, split: {train: 0.8, dev: 0.3}}",
            ["x: split: expected shares that sum to at most 1, got 1.1"],
        ),
        (
            "x: {pool: a, split: {train: 80, dev: 20}}",
            [
                "x: split: expected shares in (0, 1], got train=80",
                "x: split: expected shares in (0, 1], got dev=20",
            ],
        ),
        (
            "x: {pool: [a, 1], split: {train: most}}",
            [
                "x: pool: expected a path or a list of paths, got ['a', 1]",
                "x: split: expected a share per split, got {'train': 'most'}",
            ],
        ),
        ("x: {pool: a}", ["x: expected pool and split together, found pool without split"]),
        (
            "x: {files: {train: a}, split: {dev: 1}}",
            ["x: expected pool and split together, found split without pool"],
        ),
        (
            "x: {files: {train: a}, seed: zero, tag-column: 1.5, token-column: true, lang: 1}",
            [
                "x: seed: expected an integer, got 'zero'",
                "x: tag-column: expected an integer, got 1.5",
                "x: token-column: expected an integer, got True",
                "x: lang: expected a text, got 1",
            ],
        ),
        (
            "x: {files: {train: a}, stratify: 1, repair: maybe, group: pages, shard-size: 0}",
            [
                "x: stratify: expected true or false, got 1",
                "x: repair: expected true or false, got 'maybe'",
                "x: group: expected sentences, documents or a number of sentences, got 'pages'",
                "x: shard-size: expected an integer from 1, got 0",
            ],
        ),
        (
            "x: {files: {train: a}, missing-tag: drop, scheme: [BIO]}",
            [
                "x: missing-tag: expected O or mask, got 'drop'",
                "x: scheme: expected one of auto, BIO, IOB1, BILOU, BIOES, BMEWO, IO, bare, "
                "got ['BIO']",
            ],
        ),
    ],
)
def test_recipe_faults_are_one_line_each(tmp_path, text, faults):
    datasets = write_recipes(tmp_path, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_recipe("x", datasets=datasets, raw="raw")
    assert str(error.value).split(";\n") == [f"{datasets}: {fault}" for fault in faults]


def test_recipe_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"none\.yml: expected a file of recipes in YAML, found no such file$"
    ):
        read_recipe("x", datasets=tmp_path / "none.yml", raw="raw")
    with pytest.raises(ValueError, match=r"datasets\.yml: expected recipes by name, found a list$"):
        read_recipe("x", datasets=write_recipes(tmp_path, "- a\n"), raw="raw")
    with pytest.raises(ValueError, match=r"datasets\.yml: expected a file of recipes in YAML, but"):
        read_recipe("x", datasets=write_recipes(tmp_path, "a: [\n"), raw="raw")


def test_unknown_recipe_lists_the_known_ones():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_recipe("conll03", datasets=DATASETS, raw="raw")
    assert str(error.value) == (
        f"conll03: expected a data set of {DATASETS}, which are sample, wikigold, wnut17, "
        "swedish_ner_corpus, uner_english_ewt, conll2003, ehealth_kd, swe_nerc; to add yours, "
        "write a recipe as the first lines of that file say, or convert files without --datasets"
    )


CONLL2003 = """\
-DOCSTART- -X- -X- O

EU NNP B-NP I-ORG
rejects VBZ B-VP O
German JJ B-NP I-MISC
British JJ I-NP B-MISC
lamb NN I-NP O

"""
EHEALTH = "Los coronavirus causan cáncer de pulmón.\nEl agua cura.\n"
EHEALTH_ANN = """\
T1\tConcept 4 15\tcoronavirus
T2\tAction 16 22\tcausan
T3\tConcept 30 32;33 39;23 29\tde pulmón cáncer
T4\tConcept 33 39\tpulmón
R0\tsubject Arg1:T2 Arg2:T1
T5\tConcept 44 48\tagua
*\tsame-as T1 T5
"""
SWE_NERC = "Anna\tPRS\tHUM\nKungl\tGRO\tORG\nKBAB\tGRO\tORG\tB\n\t\t\nsover\tO\t\n"


def test_recipe_of_conll2003_reads_its_format(tmp_path):
    folder = tmp_path / "conll2003"
    folder.mkdir()
    for name in ("train", "testa", "testb"):
        (folder / f"eng.{name}").write_text(CONLL2003)
    convert_recipe("conll2003", tmp_path / "out", datasets=DATASETS, raw=tmp_path)
    (doc,) = load(tmp_path / "out" / "dev.spacy")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("EU", "ORG"),
        ("German", "MISC"),
        ("British", "MISC"),
    ]


def test_recipe_of_ehealth_kd_reads_its_format(tmp_path):
    for name in ("training", "development/main", "testing/scenario3-taskB"):
        folder = tmp_path / "ehealth_kd" / name
        folder.mkdir(parents=True)
        (folder / "scenario.txt").write_text(EHEALTH)
        (folder / "scenario.ann").write_text(EHEALTH_ANN)
    summary = convert_recipe("ehealth_kd", tmp_path / "out", datasets=DATASETS, raw=tmp_path)
    docs = load(tmp_path / "out" / "test.spacy")
    assert [doc.text for doc in docs] == EHEALTH.splitlines()
    assert [[(ent.text, ent.label_) for ent in doc.ents] for doc in docs] == [
        [("coronavirus", "Concept"), ("causan", "Action"), ("cáncer de pulmón", "Concept")],
        [("agua", "Concept")],
    ]
    assert summary.unit == "sentences"


def test_recipe_of_swe_nerc_reads_what_the_docs_make_of_its_files(tmp_path):
    text = (ROOT / "docs" / "experiments.md").read_text(encoding="utf8")
    (script,) = re.findall(r"```bash\n(two\(\).*?)```", text, re.DOTALL)
    folder = tmp_path / "swe_nerc"
    folder.mkdir()
    for name in ("blogs-01", "blogs-02", "blogs-03", "news-03", "news-11"):
        (folder / f"{name}.tsv").write_text(SWE_NERC)
    subprocess.run(["bash", "-ec", script], cwd=folder, check=True)
    convert_recipe("swe_nerc", tmp_path / "out", datasets=DATASETS, raw=tmp_path)
    docs = {split: load(tmp_path / "out" / f"{split}.spacy") for split in ("train", "dev", "test")}
    assert {split: len(docs[split]) for split in docs} == {"train": 6, "dev": 2, "test": 2}
    assert [[(ent.text, ent.label_) for ent in doc.ents] for doc in docs["dev"]] == [
        [("Anna", "PRS"), ("Kungl", "GRO"), ("KBAB", "GRO")],
        [],
    ]


def test_recipe_without_its_raw_files_says_how_to_get_them(tmp_path):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert_recipe("wikigold", tmp_path / "out", datasets=DATASETS, raw=tmp_path / "raw")
    assert str(error.value) == (
        f"wikigold: expected {tmp_path}/raw/wikigold/wikigold.conll.txt, found no such file or "
        "folder; run `spacy project assets --extra` or pass --vars.raw FOLDER"
    )


def test_recipe_without_own_files_says_where_paths_start(tmp_path):
    datasets = write_recipes(tmp_path, "x: {files: {train: nowhere/a.conll}}")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert_recipe("x", tmp_path / "out", datasets=datasets, raw=tmp_path)
    assert str(error.value) == (
        "x: expected nowhere/a.conll, found no such file or folder; the paths of a recipe start at "
        "the folder that the command runs in"
    )
