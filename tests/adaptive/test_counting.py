"""Batches that `steps.v1` counts: of which batcher, and what it leaves out."""

from pathlib import Path

import pytest
from spacy.training.batchers import configure_minibatch_by_words
from spacy.training.corpus import create_docbin_reader
from spacy.util import minibatch
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive.steps import make_steps_v1
from tests.util import write_texts


def test_steps_are_counted_for_each_batcher_of_a_factory(tmp_path: Path) -> None:
    def make_batcher(size: int):
        def batch(items, size=size):
            return minibatch(items, size)

        return batch

    path = write_texts(tmp_path / "train.spacy", 20)
    corpus = create_docbin_reader(path, gold_preproc=False)
    assert [make_steps_v1(corpus, make_batcher(size)) for size in (4, 10, 20)] == [5, 2, 1]


def test_what_the_batcher_discards_is_evaluated_all_the_same() -> None:
    """As dev documents that are longer than a batch of spaCy's own config may be."""
    batcher = configure_minibatch_by_words(size=4, tolerance=0.0, discard_oversize=True)

    def steps(train: list[str], dev: list[str]) -> int:
        return make_steps_v1(lambda nlp: train, batcher, dev=lambda nlp: dev)

    assert steps(["ab"] * 4, ["abcdef"] * 30) == 10
    assert steps(["ab"] * 4, [*["abcdef"] * 30, "ab"]) == 11
    assert steps(["ab"] * 4, ["ab"] * 30) == 5
    with pytest.raises(ConfigValidationError) as error:
        steps(["abcdef"] * 30, ["ab"])
    assert "but it discards all of its 30 examples; raise its size, or" in error.value.desc
