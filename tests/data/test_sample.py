"""The embedded data set keeps what its README promises."""

from collections import Counter

import pytest
import spacy

from adaptive_spacy.data.datasets import read_recipe
from tests.conftest import ROOT

FOLDER = ROOT / "assets" / "sample"
TYPES = {"PERSON", "ORG", "LOC", "PRODUCT", "EVENT"}
SMALLEST = {"train": 400, "dev": 100, "test": 100}

Sentence = list[tuple[str, str]]


def read(split: str) -> list[Sentence]:
    text = (FOLDER / f"{split}.conll").read_text(encoding="utf8")
    blocks = text.strip().split("\n\n")
    return [[tuple(row.split("\t")) for row in block.splitlines()] for block in blocks]  # type: ignore[misc]


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Sentence]]:
    return {split: read(split) for split in SMALLEST}


def entities(sentences: list[Sentence]) -> list[tuple[str, str]]:
    """RETURNS (list): Type and text of each entity."""
    found: list[tuple[str, str]] = []
    for sentence in sentences:
        for token, tag in sentence:
            if tag.startswith("B-"):
                found.append((tag[2:], token))
            elif tag.startswith("I-"):
                # an inner tag continues the entity before it, or the file is broken
                kind, text = found.pop()
                assert kind == tag[2:]
                found.append((kind, f"{text} {token}"))
    return found


def words(sentence: Sentence) -> str:
    return " ".join(token for token, _ in sentence).lower()


@pytest.mark.parametrize("split", SMALLEST)
def test_sample_is_large_and_mixed(split: str, splits) -> None:
    sentences = splits[split]
    assert len(sentences) >= SMALLEST[split]
    counts = Counter(kind for kind, _ in entities(sentences))
    assert set(counts) == TYPES
    assert min(counts.values()) >= 10
    plain = sum(not entities([sentence]) for sentence in sentences)
    assert 0.1 < plain / len(sentences) < 0.3


def test_sample_tags_are_bio(splits) -> None:
    for sentence in (one for sentences in splits.values() for one in sentences):
        before = "O"
        for token, tag in sentence:
            assert token
            assert token == token.strip()
            assert tag == "O" or (tag[:2] in {"B-", "I-"} and tag[2:] in TYPES)
            if tag.startswith("I-"):
                assert before[2:] == tag[2:]
            before = tag


def test_sample_never_repeats_a_sentence(splits) -> None:
    texts = [words(sentence) for sentences in splits.values() for sentence in sentences]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize("split", ["dev", "test"])
def test_sample_entities_are_mostly_unseen_in_train(split: str, splits) -> None:
    seen = {text.lower() for _, text in entities(splits["train"])}
    held_out = {text.lower() for _, text in entities(splits[split])}
    assert len(held_out & seen) / len(held_out) < 0.05


def test_sample_has_names_of_several_types(splits) -> None:
    types: dict[str, set[str]] = {}
    for kind, text in entities(splits["train"] + splits["test"]):
        types.setdefault(text, set()).add(kind)
    assert sum(len(kinds) > 1 for kinds in types.values()) >= 20


def test_sample_tokens_are_those_of_the_pipeline(splits) -> None:
    """What the model is trained on is what it meets in production."""
    nlp = spacy.blank("xx")
    different = 0
    total = 0
    for sentence in (one for sentences in splits.values() for one in sentences):
        total += 1
        text = "".join(
            token if i == 0 or token in {".", ",", "?", "!"} else f" {token}"
            for i, (token, _) in enumerate(sentence)
        )
        different += [token.text for token in nlp(text)] != [token for token, _ in sentence]
    # contractions and quotes, whose spaces the two columns do not tell
    assert different / total < 0.15


def test_sample_readme_states_its_counts(splits) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf8")
    for split, sentences in splits.items():
        counts = Counter(kind for kind, _ in entities(sentences))
        plain = sum(not entities([sentence]) for sentence in sentences)
        cells = [
            split,
            len(sentences),
            sum(map(len, sentences)),
            plain,
            *(counts[kind] for kind in ("PERSON", "ORG", "LOC", "PRODUCT", "EVENT")),
        ]
        assert f"| {' | '.join(map(str, cells))} |" in readme


def test_sample_is_in_the_public_domain() -> None:
    assert "CC0 1.0" in (FOLDER / "LICENSE").read_text(encoding="utf8")
    recipe = read_recipe("sample", datasets=ROOT / "assets" / "datasets.yml", raw=ROOT)
    assert recipe.licence == "CC0-1.0"
