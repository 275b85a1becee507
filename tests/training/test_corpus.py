from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from thinc.api import ConfigValidationError

from adaptive_spacy.training.corpus import make_corpus_v1, rank, sample
from tests.conftest import write_corpus

COUNT = 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    texts = [(f"sentence number {i}", "O O O") for i in range(COUNT)]
    return write_corpus(tmp_path / "train.spacy", texts)


def texts(path: Path, **arguments) -> list[str]:
    return [eg.reference.text for eg in make_corpus_v1(path, **arguments)(spacy.blank("en"))]


# written down, so that another platform or Python version that ranks otherwise is noticed
RANKS = [
    (0, "Ada lives in Paris .", 0xAD37F6A790399DF6),
    (1, "Ada lives in Paris .", 0xD2700F656315C211),
    (0, "Åsa läser 日本", 0x8ADA923E9416D6DA),
]


@pytest.mark.parametrize(("seed", "text", "expected"), RANKS)
def test_rank_is_the_same_everywhere(seed: int, text: str, expected: int) -> None:
    assert rank(seed, text) == expected


@pytest.mark.parametrize("fraction", [0.001, 0.1, 0.25, 0.99, 1.0])
def test_corpus_samples_its_share_in_the_order_of_the_file(path: Path, fraction: float) -> None:
    found = texts(path, fraction=fraction)
    assert len(found) == max(1, round(fraction * COUNT))
    assert found == [text for text in texts(path) if text in set(found)]


def test_corpus_samples_are_nested(path: Path) -> None:
    shares = [set(texts(path, fraction=fraction)) for fraction in (0.05, 0.1, 0.2, 0.5, 1.0)]
    assert all(small < large for small, large in pairwise(shares))


def test_corpus_samples_by_the_seed_alone(path: Path, tmp_path: Path) -> None:
    one, two = texts(path, fraction=0.2, seed=1), texts(path, fraction=0.2, seed=2)
    assert one == texts(path, fraction=0.2, seed=1)
    assert one != two
    # another order of the file moves the sample's order, not its members
    turned = [(f"sentence number {i}", "O O O") for i in reversed(range(COUNT))]
    again = texts(write_corpus(tmp_path / "turned.spacy", turned), fraction=0.2, seed=1)
    assert sorted(again) == sorted(one)
    assert again == one[::-1]


def test_sample_keeps_equal_texts_apart() -> None:
    assert sample(["a"] * 4, 0.5, 0) == [0, 1]


def test_corpus_limits_over_all_files(path: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path / "more.spacy", [("one more", "O O")] * 3)
    assert len(texts(tmp_path, limit=5)) == 5
    assert len(texts(tmp_path, limit=2 * COUNT)) == COUNT + 3


def test_corpus_says_what_max_length_drops(tmp_path: Path) -> None:
    sentences = [("a b c d e f", "O O O O O O"), ("a b", "O O")]
    path = write_corpus(tmp_path / "long.spacy", sentences)
    corpus = make_corpus_v1(path, max_length=5)
    with pytest.warns(UserWarning, match=r"max_length = 5 drops 6 of 8 tokens of .*long\.spacy"):
        assert [len(eg.reference) for eg in corpus(spacy.blank("en"))] == [2]


def test_corpus_refuses_a_missing_path_and_a_bad_fraction(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigValidationError, match=r"\.spacy file or a folder .*, got None"):
        make_corpus_v1(None)
    with pytest.raises(ConfigValidationError, match=r"got .*nothing\.spacy\. Set it on the"):
        make_corpus_v1(tmp_path / "nothing.spacy")
    for fraction in (0.0, -1.0, 1.5, float("nan")):
        with pytest.raises(ConfigValidationError, match=r"fraction: expected a number in \(0, 1\]"):
            make_corpus_v1(path, fraction=fraction)
