"""Scores of the yardstick: legal sequences, strict F1."""

import itertools

import numpy as np
import pytest

from benchmarks.quality import yardstick_scores
from benchmarks.quality.yardstick_data import EncodedSentence
from tests.benchmarks.quality.yardsticks import LABELS


def test_token_scores_without_piece_are_o():
    sentence = EncodedSentence(
        tags=["B-LOC", "O", "O"], piece_ids=[2, 7, 3], targets=[], first_pieces=[1], tokens=[0]
    )
    scores = yardstick_scores.token_scores(
        sentence, np.array([[9.0, 9.0], [-2.0, -1.0], [9.0, 9.0]])
    )
    assert scores.tolist() == [[-2.0, -1.0], [0.0, -np.inf], [0.0, -np.inf]]


def is_legal(tags):
    pairs = zip(["O", *tags], tags, strict=False)
    return all(now[0] != "I" or (last[0] in "BI" and last[2:] == now[2:]) for last, now in pairs)


@pytest.mark.parametrize("seed", range(5))
def test_viterbi_finds_best_legal_sequence(seed):
    scores = np.random.default_rng(seed).normal(size=(4, len(LABELS)))
    legal = (
        path
        for path in itertools.product(range(len(LABELS)), repeat=4)
        if is_legal([LABELS[k] for k in path])
    )
    best = max(legal, key=lambda path: sum(scores[i, k] for i, k in enumerate(path)))
    constraints = yardstick_scores.bio_constraints(LABELS)
    assert yardstick_scores.viterbi(scores, *constraints) == list(best)


def test_viterbi_of_one_token_is_legal():
    scores = np.array([[0.0, 0.0, 9.0, 1.0, 9.0]])
    assert yardstick_scores.viterbi(scores, *yardstick_scores.bio_constraints(LABELS)) == [3]


@pytest.mark.parametrize(
    ("found", "f1"),
    [
        (["B-LOC", "I-LOC", "O"], 1.0),
        (["I-LOC", "I-LOC", "O"], 0.0),
        (["B-LOC", "O", "O"], 0.0),
        (["B-LOC", "I-LOC", "B-LOC"], 2 / 3),
        (["O", "O", "O"], 0.0),
    ],
)
def test_entity_f1_is_strict(found, f1):
    assert yardstick_scores.entity_f1([["B-LOC", "I-LOC", "O"]], [found]) == pytest.approx(f1)
