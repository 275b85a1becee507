"""Options are refused where nothing that is converted has a use for them."""

import json
from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.input import Input
from adaptive_spacy.data.readers.formats import FORMATS, open_source
from adaptive_spacy.data.readers.reader import list_options

RECORDS: dict[str, Any] = {
    "doccano": {"text": "Ada met Bob", "label": [[0, 3, "PER"]]},
    "tokens": {"tokens": ["Ada", "met"], "ner_tags": ["B-PER", "O"]},
    "token-entities": {
        "tokens": ["Ada", "met"],
        "entities": [{"start": 0, "end": 1, "type": "PER"}],
        "ner_tags": ["B-PER", "O"],
    },
    "dygie": {"sentences": [["Ada", "met"]], "ner": [[[0, 0, "PER"]]]},
    "spacy-v2-json": {"paragraphs": [{"sentences": [{"tokens": [{"orth": "Ada", "ner": "O"}]}]}]},
    "dataturks": {
        "content": "Ada met Bob",
        "annotation": [{"label": ["PER"], "points": [{"start": 0, "end": 2}]}],
    },
    "bioc-json": {"passages": [{"offset": 0, "text": "Ada", "annotations": []}]},
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.chdir(tmp_path)
    for name, record in RECORDS.items():
        Path(f"{name}.jsonl").write_text(json.dumps(record) + "\n")
    return {name: Path(f"{name}.jsonl") for name in RECORDS}


@pytest.mark.parametrize("format", ["auto", "jsonl"])
@pytest.mark.parametrize(
    ("name", "options", "title"),
    [
        ("doccano", {"missing_tag": "mask"}, "doccano"),
        ("doccano", {"scheme": "BILOU"}, "doccano"),
        ("tokens", {"offsets": "bytes"}, "tokens with tags"),
        ("token-entities", {"scheme": "BIO", "spans_key": "entities"}, "tokens with entities"),
        ("token-entities", {"offsets": "inclusive", "spans_key": "ner_tags"}, "tokens with tags"),
        ("dygie", {"spans_key": "ner"}, "DyGIE"),
        ("spacy-v2-json", {"spans_key": "paragraphs"}, "spaCy v2 training data"),
        ("spacy-v2-json", {"offsets": "bytes"}, "spaCy v2 training data"),
        ("dataturks", {"spans_key": "annotation"}, "Dataturks"),
        ("bioc-json", {"spans_key": "annotations"}, "BioC"),
    ],
)
def test_option_that_says_nothing_of_the_records_is_refused(files, name, options, title, format):
    option = next(iter(options)).replace("_", "-")
    if format == "jsonl" and option == "spans-key":
        pytest.skip("what it names is looked for to tell the format")
    for given in (Input(files[name], None, options), Input(files[name])):
        common = {} if given.options else options
        with pytest.raises(
            ValueError, match=rf"^--{option}: expected a file of .*, found {title}$"
        ):
            convert([given], "corpus", format=format, **common)
    assert not Path("corpus").exists()


def test_option_of_some_of_the_inputs_is_none_of_the_others(files):
    for format in ("auto", "jsonl"):
        paths = [files["doccano"], files["tokens"]]
        found = convert(paths, "corpus", format=format, missing_tag="mask", offsets="exclusive")
        assert sorted(found.splits) == ["doccano", "tokens"]


def test_tags_of_entities_by_token_take_the_options_of_tags(files):
    path = files["token-entities"]
    found = open_source(path, spans_key="ner_tags", scheme="BIO")
    assert "scheme BIO" in found.describe()
    convert([path], "corpus", spans_key="ner_tags", scheme="BIO", missing_tag="O")


def test_options_that_formats_share_are_of_those_that_use_them():
    tagged = {"conll", "conllu", "csv", "lines", "webanno", "tokens", "spacy-v2-json", "hub"}
    # which may turn out to hold tags
    tagged |= {"jsonl", "python", "csv-records", "hub-records", "token-entities"}
    assert {name for name, one in FORMATS.items() if "scheme" in list_options(one)} == tagged
    assert "encoding" not in list_options(FORMATS["hub-records"])


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (
            "Ada\t(PER)\nmet\t*\nBob\t(PER*\nX\t*)\n",
            {"scheme": "BIO"},
            r": found tags in brackets, as \(PER\*, expected tags of --scheme BIO; leave it out",
        ),
        (
            "Ada\tPER\nmet\tO\n",
            {"scheme": "bare", "type": "ORG"},
            r":1: found tag 'PER', expected tags without a type, as B and I, for --type ORG",
        ),
    ],
)
def test_rows_that_contradict_an_option_are_refused(tmp_path, rows, options, message):
    (tmp_path / "a.conll").write_text(rows)
    with pytest.raises(ValueError, match=message):
        open_source(tmp_path / "a.conll", **options)
    options.pop("scheme" if "(" in rows else "type")
    (one,) = open_source(tmp_path / "a.conll", **options)
    assert one.ents[0] == (0, 1, "PER")
