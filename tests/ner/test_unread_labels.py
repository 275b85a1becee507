from pathlib import Path

import pytest
import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.ner.unread_labels import find_unread_labels
from adaptive_spacy.training.checks.config import find_faults


def pipeline(labels: object) -> Language:
    """A pipeline with a sourced `ner` that knows PER, as spaCy has it in `before_init`."""
    source = spacy.blank("xx")
    source.add_pipe("ner").add_label("PER")
    source.initialize()
    nlp = spacy.blank("xx")
    nlp.add_pipe("ner", source=source)
    nlp.config["initialize"]["components"]["ner"] = {"labels": labels}
    nlp.disable_pipe("ner")
    return nlp


def test_labels_of_a_pipe_that_is_not_initialized_are_named() -> None:
    assert list(find_unread_labels(pipeline(["PER", "LOC"]))) == [
        "[initialize.components.ner] labels: expected none, or those that the pipe has, since a "
        "sourced or frozen pipe is not initialized; got LOC. Add them with add_label to the "
        "pipeline that it is taken from, or create the pipe by its factory"
    ]


def test_the_check_before_a_training_names_them() -> None:
    for labels, count in ((["PER", "LOC"], 1), (["PER"], 0)):
        lines = [one for one in find_faults(pipeline(labels)) if "labels" in one]
        assert len(lines) == count, lines


def test_labels_in_a_file_are_read(tmp_path: Path) -> None:
    srsly.write_json(tmp_path / "labels.json", ["PER", "LOC"])
    block = {"@readers": "spacy.read_labels.v1", "path": str(tmp_path / "labels.json")}
    (line,) = find_unread_labels(pipeline(block))
    assert "got LOC" in line


@pytest.mark.parametrize("labels", [None, [], ["PER"]])
def test_labels_that_change_nothing_pass(labels: object) -> None:
    assert list(find_unread_labels(pipeline(labels))) == []


@pytest.mark.parametrize("pipe", ["ner", "parser", "morphologizer", "tagger"])
def test_tables_of_labels_are_read_as_init_labels_writes_them(pipe: str, tmp_path: Path) -> None:
    source = spacy.blank("xx")
    doc = Doc(
        source.vocab,
        words=["Ada", "sings"],
        ents=["B-PER", "O"],
        heads=[1, 1],
        deps=["nsubj", "ROOT"],
        tags=["NNP", "VBZ"],
        pos=["PROPN", "VERB"],
        morphs=["Number=Sing", ""],
    )
    source.add_pipe(pipe)
    source.initialize(lambda: [Example(source.make_doc(doc.text), doc)])
    nlp = spacy.blank("xx")
    nlp.add_pipe(pipe, source=source)
    nlp.disable_pipe(pipe)
    data = source.get_pipe(pipe).label_data
    file = tmp_path / "labels.json"
    srsly.write_json(file, data)
    block = {"@readers": "spacy.read_labels.v1", "path": str(file)}
    nlp.config["initialize"]["components"][pipe] = {"labels": block}
    assert list(find_unread_labels(nlp)) == []
    if pipe == "ner":
        srsly.write_json(file, {key: {**names, "LOC": 1} for key, names in data.items()})
        (line,) = find_unread_labels(nlp)
        assert "got LOC" in line


def test_labels_of_a_pipe_that_is_initialized_pass() -> None:
    nlp = pipeline(["PER", "LOC"])
    nlp.enable_pipe("ner")
    assert list(find_unread_labels(nlp)) == []
