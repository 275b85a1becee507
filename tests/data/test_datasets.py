"""Recipes: those that are shipped, and a user's own."""

import json
from inspect import signature
from pathlib import Path

import pytest

from adaptive_spacy.cli.convert import convert_cli
from adaptive_spacy.config.requirements import LANGUAGE
from adaptive_spacy.data.convert import Input
from adaptive_spacy.data.datasets import convert_recipe, read_recipe
from tests.conftest import ROOT
from tests.data.util import WORDS, write_numbers

DATASETS = ROOT / "assets" / "datasets.yml"


def write_recipes(folder: Path, text: str) -> Path:
    path = folder / "datasets.yml"
    path.write_text(text, encoding="utf8")
    return path


def test_recipe_converts_a_users_own_data(tmp_path):
    write_numbers(tmp_path / "all.txt", WORDS)
    (tmp_path / "test.txt").write_text("Åre\tLOC\nx\n", encoding="latin-1")
    text = f"""
    norsk:
      lang: nn
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
    assert recipe.options == {"split": {"train": 0.5, "dev": 0.5}, "seed": 3, "lang": "nn"}
    assert (recipe.licence, recipe.source) == ("", "")


KEYS = (
    "licence, source, files, pool, split, stratify, seed, shard-size, format, group, repair, "
    "type, scheme, missing-tag, lang, encoding, offsets, spans-key, token-column, tag-column, "
    "join, white-space, sentences"
)


def test_recipe_has_a_key_for_each_option_that_says_how_files_are_read():
    """And no other one: a data set that needs an option could not go through the project."""
    of_files = {"inputs", "output", "datasets", "raw"}
    options = {name.replace("_", "-") for name in signature(convert_cli).parameters} - of_files
    assert options == set(KEYS.split(", ")) - {"licence", "source", "files", "pool"}


def test_recipe_says_where_entities_are_and_how_offsets_count(tmp_path):
    record = {"text": "Ada sings", "entities": [[1, 3, "PER"]], "labels": [[5, 9, "VERB"]]}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf8")
    text = """
    x:
      files: {train: "{raw}/a.jsonl"}
      offsets: from-1
      spans-key: entities
    """
    datasets = write_recipes(tmp_path, text)
    summary = convert_recipe("x", tmp_path / "out", datasets=datasets, raw=tmp_path)
    assert summary.splits["train"].entities == {"PER": 1}


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
        # YAML's `no` is a text here, and no code of spaCy's
        ("x: {files: {train: a}, lang: no}", [f"x: lang: expected {LANGUAGE.allowed}, got 'no'"]),
        ("x: {pool: a}", ["x: expected pool and split together, found pool without split"]),
        (
            "x: {files: {train: a}, split: {dev: 1}}",
            ["x: expected pool and split together, found split without pool"],
        ),
        (
            "x: {files: {train: a}, seed: zero, tag-column: 1.5, token-column: true, lang: 1}",
            [
                "x: seed: expected an integer, got 'zero'",
                "x: tag-column: expected a column, by number or name, got 1.5",
                "x: token-column: expected a column, by number or name, got True",
                f"x: lang: expected {LANGUAGE.allowed}, got 1",
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
                "x: scheme: expected one of auto, BIO, IOB1, BILOU, BIOES, BMEWO, BMES, IO, bare, "
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


def test_recipe_without_own_files_says_where_paths_start(tmp_path):
    datasets = write_recipes(tmp_path, "x: {files: {train: nowhere/a.conll}}")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert_recipe("x", tmp_path / "out", datasets=datasets, raw=tmp_path)
    assert str(error.value) == (
        "x: expected nowhere/a.conll, found no such file or folder; the paths of a recipe start at "
        "the folder that the command runs in"
    )
