"""The global random states, put back."""

import random

import numpy
import torch

from adaptive_spacy.training.resume import randomness


def draw() -> list[float]:
    return [random.gauss(0, 1), numpy.random.standard_normal(), torch.rand(1).item()]


def test_states_come_back_between_the_two_numbers_of_a_pair() -> None:
    """Python and NumPy draw normal numbers by twos and keep the second one."""
    draw()
    state = randomness.take()
    following = [draw(), draw()]
    randomness.restore(state)
    assert [draw(), draw()] == following


def test_generators_that_are_not_named_stay() -> None:
    state = randomness.take()
    draw()
    moved = randomness.take()
    assert randomness.changed(state, moved) == {"python", "numpy", "torch"}
    randomness.restore({"torch": state["torch"]})
    assert randomness.changed(moved, randomness.take()) == {"torch"}
