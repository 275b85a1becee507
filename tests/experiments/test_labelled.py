"""What crossfit takes of the docs that it is given."""

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, Span

from adaptive_spacy.experiments.crossfit import crossfit
from adaptive_spacy.experiments.labelled import settle_docs
from tests.conftest import ROOT
from tests.experiments.crossfits import SETTINGS, docs_of

VOCAB = spacy.blank("xx").vocab


def annotated(text: str, *ents: str) -> Doc:
    doc = Doc(VOCAB, text.split())
    doc.ents = [Span(doc, i, i + 1, label) for i, label in enumerate(ents) if label]
    return doc


def test_docs_without_annotation_are_left_out_and_counted() -> None:
    rome, rain, plain = annotated("Rome", "LOC"), annotated("it rains"), Doc(VOCAB, ["Oslo"])
    with pytest.warns(UserWarning, match=r"1 of 3 docs are not annotated \(doc.ents was never set"):
        assert settle_docs(iter([rome, Doc(VOCAB, []), plain, rain])) == [rome, rain]
    spans = Doc(VOCAB, ["Rome"])
    spans.spans["sc"] = [Span(spans, 0, 1, "LOC")]
    with pytest.raises(ValueError, match=r"expected entities in doc\.ents, none of 1 is annotated"):
        settle_docs([spans])


@pytest.mark.parametrize("value", [{1, 2}, object(), Path("x")], ids=["set", "object", "path"])
def test_what_no_file_can_keep_is_named(value: Any) -> None:
    doc = annotated("Rome", "LOC")
    doc.user_data["kept"] = {"a": [1, "b"]}
    assert settle_docs([doc]) == [doc]
    doc.user_data["mine"] = value
    with pytest.raises(ValueError, match="number 2 has 'mine': "):
        settle_docs([annotated("Oslo", "LOC"), doc])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"docs": ["Rome"]}, "docs: expected spaCy's Doc, got str, number 1"),
        ({"docs": [annotated("a" * 1_000_000)]}, "characters in each, number 1 has 1,000,001"),
        ({"threads": 0}, "threads: expected a whole number >= 1 and <= 1024, got 0"),
        ({"threads": 10**11}, "threads: expected a whole number >= 1 and <= 1024, got 1000"),
        ({"folds": 2.0}, "--folds: expected 2 to 100, got 2.0"),
        # no processor has one
        ({"gpu_id": 0}, "GPU"),
    ],
)
def test_what_does_not_do_is_said_before_anything_is_written(
    arguments: dict[str, Any], said: str, labelled: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    given: dict[str, Any] = {
        "docs": docs_of(labelled),
        # as texts
        "config": str(ROOT / "configs" / "adaptive.cfg"),
        "output": str(tmp_path / "few"),
        "folds": 3,
        "settings": {**SETTINGS, "variables.transformer": str(transformer_folder)},
        **arguments,
    }
    with pytest.raises(ValueError, match=said):
        crossfit(**given)
    assert not (tmp_path / "few").exists()
