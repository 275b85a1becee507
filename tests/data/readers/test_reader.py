"""The interface of all formats: what the table, the command and the pages rely on."""

import inspect

import pytest
from typer.main import get_command

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.readers.formats import FORMATS
from adaptive_spacy.data.readers.reader import Confidence, PathSample, list_options


@pytest.mark.parametrize("name", FORMATS)
def test_reader_is_described_and_takes_options_of_convert(name: str) -> None:
    reader = FORMATS[name]
    assert reader.title
    assert reader.limits
    command = get_command(app).commands["convert"]  # type: ignore[attr-defined]
    assert list_options(reader) <= {one.name for one in command.params}
    first, *others = inspect.signature(reader).parameters.values()
    assert first.name == "path"
    assert {one.kind for one in others} == {inspect.Parameter.KEYWORD_ONLY}


def test_titles_tell_formats_apart() -> None:
    titles = [reader.title for reader in FORMATS.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", FORMATS)
def test_reader_takes_an_empty_folder_for_nothing(tmp_path, name: str) -> None:
    assert FORMATS[name].recognise(PathSample(tmp_path)) is None


def test_sample_looks_each_thing_up_once(tmp_path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Ada", "label": [[0, 3, "PER"]]}\n')
    sample = PathSample(path)
    found = {name: reader.recognise(sample) for name, reader in FORMATS.items()}
    path.write_text("gone")
    assert {name: reader.recognise(sample) for name, reader in FORMATS.items()} == found
    confidence = {name: one.confidence for name, one in found.items() if one is not None}
    assert confidence == {
        "conll": Confidence.FALLBACK,
        "jsonl": Confidence.POSSIBLE,
        "doccano": Confidence.LIKELY,
        "entities": Confidence.LIKELY,
    }
