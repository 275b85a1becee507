import math
import os
import random
import warnings
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.training.batchers import configure_minibatch, configure_minibatch_by_words
from spacy.training.corpus import create_docbin_reader
from spacy.util import registry
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive import steps as module
from adaptive_spacy.adaptive.steps import UPDATE_PASSES, bound_round, make_steps_v1, one_by_one
from adaptive_spacy.adaptive.stopping import make_until_finished_v1
from adaptive_spacy.data.corpus import make_corpus_v1
from adaptive_spacy.training.batching import make_buckets_v1
from tests.conftest import ROOT
from tests.tiers import examples
from tests.util import write_texts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    module._counts.clear()
    return write_texts(tmp_path / "train.spacy", 20)


# batch size, epochs, times, steps: 20 texts
COUNTS = [(4, 1.0, 1, 5), (3, 1.0, 1, 7), (3, 0.5, 1, 4), (3, 0.5, 2, 8), (64, 0.1, 3, 3)]


@pytest.mark.parametrize(("size", "epochs", "times", "expected"), COUNTS)
def test_steps_counts_batches(path: Path, size, epochs, times, expected) -> None:
    corpus = create_docbin_reader(path, gold_preproc=False)
    assert make_steps_v1(corpus, configure_minibatch(size), epochs, times) == expected


# batch size, epochs, times, least, most, steps: 20 texts
BOUNDS = [
    (4, 1.0, 1, None, None, 5),
    (4, 1.0, 1, 8, None, 8),  # an epoch has too few updates
    (4, 1.0, 1, 5, 5, 5),
    (4, 1.0, 3, 8, 10, 24),  # times counts rounds, whatever their length
    (4, 2.5, 1, 8, None, 13),  # a round that is long enough stays
    (1, 1.0, 1, 8, 12, 12),
    (1, 1.0, 20, None, 12, 240),
    (64, 0.1, 3, 4, None, 12),
]


@pytest.mark.parametrize(("size", "epochs", "times", "least", "most", "expected"), BOUNDS)
def test_rounds_are_bounded_in_updates(path: Path, size, epochs, times, least, most, expected):
    corpus = create_docbin_reader(path, gold_preproc=False)
    batcher = configure_minibatch(size)
    assert make_steps_v1(corpus, batcher, epochs, times, least=least, most=most) == expected


#: The table of docs/method.md
TABLE = [
    (20, 5, None, None, 2),
    (20, 5, 8, None, 8),
    (20, 1000, 8, None, 21),
    (50_000, 5000, 8, 500, 500),
    (50_000, 50_000, 8, 500, 1042),
]


@pytest.mark.parametrize(("train", "dev", "least", "most", "expected"), TABLE)
def test_rounds_of_the_page(train: int, dev: int, least, most, expected: int) -> None:
    read = {name: lambda nlp, size=size: range(size) for name, size in [("t", train), ("d", dev)]}
    steps = make_steps_v1(read["t"], make_buckets_v1(16), least=least, most=most, dev=read["d"])
    assert steps == expected
    row = f"| {train:,} | {dev:,} |"
    page = (ROOT / "docs" / "method.md").read_text(encoding="utf8")
    assert [
        line for line in page.split("\n") if line.startswith(row) and f"| {expected:,} |" in line
    ]


@pytest.mark.parametrize(
    ("train", "dev", "rounds"),
    [(1, 24, 125), (1, 25, 111), (1, 375, 8), (3, 72, 125), (3, 73, 120)],
)
def test_safety_net_has_the_rounds_of_the_page(train: int, dev: int, rounds: int) -> None:
    """1,000 epochs, by batches: at least 125 rounds, unless dev has more than 24 times as many."""
    read = {name: lambda nlp, size=size: range(size) for name, size in [("t", train), ("d", dev)]}
    steps = make_steps_v1(
        read["t"], lambda items: ([one] for one in items), least=8, most=500, dev=read["d"]
    )
    assert 1000 * train // steps == rounds


# docs of train and dev, batch size, least, most, steps of a round
EVALUATED = [
    (20, 5, 4, None, None, 5),  # 2 batches of dev cost less than 5 updates
    (4, 45, 4, None, None, 4),  # 12 batches of dev cost as much as 4 updates
    (4, 46, 4, None, None, 4),
    (4, 49, 4, None, None, 5),
    (4, 49, 4, 8, None, 8),
    (40, 49, 4, None, 3, 5),  # whatever `most` says
    (40, 12, 4, None, 3, 3),
]


@pytest.mark.parametrize(("train", "dev", "size", "least", "most", "expected"), EVALUATED)
def test_round_is_worth_its_evaluation(
    tmp_path: Path, train: int, dev: int, size: int, least, most, expected: int
) -> None:
    corpora = [
        make_corpus_v1(write_texts(tmp_path / f"{name}.spacy", number))
        for name, number in (("train", train), ("dev", dev))
    ]
    batcher = make_buckets_v1(size)
    steps = make_steps_v1(corpora[0], batcher, least=least, most=most, dev=corpora[1])
    assert steps == expected


@examples(8)
@given(
    epoch=st.integers(1, 5000),
    dev=st.integers(0, 5000),
    least=st.none() | st.integers(1, 100),
    more=st.none() | st.integers(0, 1000),
    times=st.integers(1, 20),
    epochs=st.sampled_from([0.1, 0.5, 1.0, 3.0]),
)
def test_rounds_keep_their_bounds(epoch, dev, least, more, times, epochs) -> None:
    def corpus(number: int):
        return lambda nlp: range(number)

    most = None if more is None else (least or 1) + more
    one = make_steps_v1(
        corpus(epoch), one_by_one, epochs, 1, "en", least, most, corpus(dev) if dev else None
    )
    assert one >= (least or 1)
    # an evaluation costs no more than the training of its round
    assert dev <= UPDATE_PASSES * one
    free = math.ceil(Fraction(str(epochs)) * epoch)
    if one > free:
        assert one in (least, math.ceil(dev / UPDATE_PASSES))
    if most is not None and one > most:
        assert one == math.ceil(dev / UPDATE_PASSES)
    elif one < free:
        assert one == most
    many = make_steps_v1(
        corpus(epoch), one_by_one, epochs, times, "en", least, most, corpus(dev) if dev else None
    )
    assert many == times * one


@pytest.mark.parametrize("tenths", [1, 3, 7, 11, 23])
def test_rounds_are_not_longer_for_what_floats_make_of_tenths(tenths: int) -> None:
    for batches in range(1, 300):
        expected = math.ceil(Fraction(tenths, 10) * batches)
        assert bound_round(tenths / 10 * batches, None, None) == expected


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"least": 0}, "least: expected a whole number >= 1"),
        ({"most": 0.5}, "most: expected a whole number >= 1"),
        ({"least": 8, "most": 4}, "most: expected a whole number >= 8"),
    ],
)
def test_bounds_that_mean_nothing_are_refused(path: Path, bounds: dict, message: str) -> None:
    corpus = create_docbin_reader(path, gold_preproc=False)
    with pytest.raises(ConfigValidationError, match=message):
        make_steps_v1(corpus, configure_minibatch(4), **bounds)


def test_steps_follows_the_fraction(path: Path) -> None:
    corpus = make_corpus_v1(path, fraction=0.4)
    assert make_steps_v1(corpus, configure_minibatch(4)) == 2


def test_steps_looks_through_until_finished(path: Path) -> None:
    corpus = create_docbin_reader(path, gold_preproc=False)

    def broken(self, items):
        raise AssertionError("counted through until_finished")

    batcher = make_until_finished_v1(configure_minibatch(4))
    type(batcher).__call__, original = broken, type(batcher).__call__
    try:
        assert make_steps_v1(corpus, batcher) == 5
    finally:
        type(batcher).__call__ = original


@pytest.mark.parametrize(("size", "expected"), [(4, 5), (3, 7), (64, 1)])
def test_steps_of_buckets_need_no_lengths(path: Path, size: int, expected: int) -> None:
    def broken(docs):
        raise AssertionError("measured to be counted")

    corpus = make_corpus_v1(path)
    assert make_steps_v1(corpus, make_buckets_v1(size, lengths=broken)) == expected


def test_steps_reads_the_corpus_once_per_file_and_arguments(path: Path, monkeypatch) -> None:
    reads = []
    original = module._count
    monkeypatch.setattr(module, "_count", lambda *args: reads.append(args) or original(*args))
    words = partial(configure_minibatch_by_words, tolerance=0.2, discard_oversize=False)
    for _ in range(2):
        for batcher in (configure_minibatch(4), configure_minibatch(5), words(size=30)):
            make_steps_v1(create_docbin_reader(path, gold_preproc=False), batcher)
        make_steps_v1(make_corpus_v1(path, fraction=0.5), configure_minibatch(4), times=7)
    assert len(reads) == 4
    write_texts(path, 24)
    os.utime(path, ns=(1, 1))
    assert (
        make_steps_v1(create_docbin_reader(path, gold_preproc=False), configure_minibatch(4)) == 6
    )
    assert len(reads) == 5


def test_steps_of_a_corpus_without_files_are_counted_each_time(path: Path) -> None:
    examples = list(create_docbin_reader(path, gold_preproc=False)(spacy.blank("xx")))
    assert make_steps_v1(lambda nlp: examples, configure_minibatch(4)) == 5
    assert make_steps_v1(lambda nlp: examples[:4], configure_minibatch(4)) == 1


def test_steps_leaves_the_random_states_alone(path: Path) -> None:
    @registry.augmenters("test.random_augmenter")
    def make_random_augmenter():
        def augment(nlp, example):
            random.random()
            numpy.random.random()
            yield example

        return augment

    random.seed(1)
    numpy.random.seed(1)
    python, numpy_ = random.getstate(), numpy.random.get_state()[1].copy()
    corpus = create_docbin_reader(path, gold_preproc=False, augmenter=make_random_augmenter())
    make_steps_v1(corpus, configure_minibatch(4))
    assert random.getstate() == python
    assert (numpy.random.get_state()[1] == numpy_).all()


def test_steps_of_an_empty_corpus_are_an_error(tmp_path: Path) -> None:
    path = write_texts(tmp_path / "empty.spacy", 0)
    with pytest.raises(ConfigValidationError) as error:
        make_steps_v1(make_corpus_v1(path), configure_minibatch(4))
    assert error.value.desc == (
        f"[corpora.train] path: {path} holds no example, so an epoch has no batch; expected at "
        "least one"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 0.0}, "epochs: expected a number > 0, got 0.0"),
        ({"times": 0}, "times: expected a number > 0, got 0"),
        ({"epochs": 1e308}, "epochs: expected a number > 0, got inf"),
    ],
)
def test_steps_refuses_bad_arguments(path: Path, arguments, message) -> None:
    corpus = create_docbin_reader(path, gold_preproc=False)
    with pytest.raises(ConfigValidationError) as error:
        make_steps_v1(corpus, configure_minibatch(4), **arguments)
    assert error.value.desc == f"adaptive_spacy.steps.v1 {message}"


def test_a_reader_that_may_have_no_end_is_told_of_once(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "MANY", len(list(make_corpus_v1(path)(spacy.blank("xx")))))
    with pytest.warns(UserWarning, match=r"^\[corpora\.train\]: .* without an end") as warned:
        make_steps_v1(make_corpus_v1(path, seed=5), one_by_one)
    assert len(warned) == 1
    monkeypatch.setattr(module, "MANY", module.MANY + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_steps_v1(make_corpus_v1(path, seed=6), one_by_one)
