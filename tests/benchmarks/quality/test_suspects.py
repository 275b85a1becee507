"""How many of the damages that were made are found again, by the way they were made in."""

from collections import Counter
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example

from adaptive_spacy.ner import confidence
from benchmarks.quality import suspects
from benchmarks.quality.corruption import BOUNDARY, MISSING, TYPE, WAYS
from benchmarks.quality.suspects import corrupt_each, describe_ways, examine

VOCAB = spacy.blank("xx").vocab


def make_example(number: int, label: str) -> Example:
    """RETURNS (Example): A name that stands once in the corpus, predicted as it is annotated."""
    words = ["the", f"Name{number}", f"Sur{number}", "went", "home", "."]
    docs = Doc(VOCAB, words=words), Doc(VOCAB, words=words)
    for doc in docs:
        doc.ents = (Span(doc, 1, 3, label),)
    return Example(*docs)


def make_examples(*labels: str) -> list[Example]:
    return [make_example(i, labels[i % len(labels)]) for i in range(100)]


def test_shares_are_of_the_damages_that_were_made() -> None:
    found = Counter({MISSING: 1, TYPE: 3})
    made = Counter({MISSING: 10, TYPE: 6, BOUNDARY: 5})
    assert describe_ways(found, made) == "missing 10, type 50, boundary 0, inconsistent none"


@pytest.mark.parametrize(
    ("labels", "ways"),
    [(["PER", "LOC"], [MISSING, TYPE, BOUNDARY]), (["PER"], [MISSING, BOUNDARY])],
)
def test_way_that_entities_do_not_allow_takes_nothing_from_the_others(
    labels: list[str],
    ways: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(suspects, "find_rank", lambda: None)
    monkeypatch.setattr(confidence, "read_plain", lambda _: 0.9)
    # all are found again
    monkeypatch.setattr(
        suspects, "find", lambda _, damages, __: Counter(one.way for one in damages)
    )
    examine(tmp_path, make_examples(*labels), 0.2, 2)
    shown = capsys.readouterr().out
    # a quarter of them each way, but no name stands elsewhere
    assert shown.startswith(f"{5 * len(ways)} labels damaged and ")
    shares = ", ".join(f"{way} {100 if way in ways else 'none'}" for way in WAYS)
    assert shown.endswith(f"by way: {shares}\n")


def test_share_that_damages_nothing_is_refused() -> None:
    docs = [eg.reference for eg in make_examples("PER", "LOC")]
    said = (
        r"--share: expected one that damages labels, got 0.01 of 100 entities, which damages none"
    )
    with pytest.raises(ValueError, match=said):
        corrupt_each(docs, 0.01, 2)
    with pytest.raises(ValueError, match="of 0 entities"):
        corrupt_each([Doc(VOCAB, words=["none"])], 0.5, 1)
