"""The same text as CoNLL has it, a space before each full stop, and as a text is written."""

import json
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.input import Input
from adaptive_spacy.data.shared_texts import text_key, unify_spaces, without_spaces
from adaptive_spacy.experiments.folds import assign_folds
from tests.data.util import load_docs

NAMES = [f"Ada{one}" for one in range(40)]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The same sentences as CoNLL and as JSONL."""
    rows = "\n".join(f"{name} B-PER\nsings O\n. O\n" for name in NAMES)
    records = [
        json.dumps({"text": f"{name} sings.", "entities": [[0, len(name), "PER"]]})
        for name in NAMES
    ]
    conll, jsonl = tmp_path / "a.conll", tmp_path / "b.jsonl"
    conll.write_text(rows, encoding="utf8")
    jsonl.write_text("\n".join(records), encoding="utf8")
    return [conll, jsonl]


def test_spaces_tell_no_texts_apart() -> None:
    texts = ["Ada sings .", "Ben sings.", "Ada sings.", " Ada\tsings.\n"]
    assert unify_spaces(texts) == [texts[0], texts[1], texts[0], texts[0]]
    assert len({text_key(text) for text in texts}) == 2
    assert without_spaces(texts[3]) == "Adasings."


def test_a_pool_is_divided_by_text_across_formats(files: list[Path], tmp_path: Path) -> None:
    summary = convert(files, tmp_path / "out", split={"train": 0.5, "dev": 0.5}, lang="en")
    train, dev = (
        {without_spaces(doc.text) for doc in load_docs(tmp_path / "out" / f"{name}.spacy")}
        for name in ("train", "dev")
    )
    assert (len(train), len(dev)) == (20, 20)
    assert not train & dev
    assert not summary.shared


def test_splits_of_several_formats_are_compared(files: list[Path], tmp_path: Path) -> None:
    inputs = [Input(files[0], "train"), Input(files[1], "dev")]
    summary = convert(inputs, tmp_path / "out", lang="en")
    assert summary.shared == {("train", "dev"): len(NAMES)}


def test_folds_hold_out_a_text_in_both_spellings() -> None:
    vocab = spacy.blank("xx").vocab
    docs = []
    for spaces in ([True, True, False], [True, False, False]):
        for name in NAMES:
            doc = Doc(vocab, words=[name, "sings", "."], spaces=spaces)
            doc.set_ents([spacy.tokens.Span(doc, 0, 1, label="PER")])
            docs.append(doc)
    folds = assign_folds(docs, 5, seed=0)
    assert folds[: len(NAMES)] == folds[len(NAMES) :]
    assert set(folds) == set(range(5))
