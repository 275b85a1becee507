import pytest

from adaptive_spacy.training.rounds import Rounds

ADAPTIVE = {"@schedules": "adaptive_spacy.adaptive.v1", "rate": 1.0, "interval": 10}
CONSTANT = {"@schedules": "constant.v1", "rate": 1.0}

# learning rate, eval_frequency, patience, max_steps, max_epochs; needed, fewest, most.
# An epoch is 10 steps. The adaptive default needs 1 + 7 + 1 rounds.
LENGTHS = [
    (ADAPTIVE, 10, 0, 0, 250, 90, 90, 2500),
    ({**ADAPTIVE, "patience": 2, "cooldown": 3}, 10, 0, 0, 250, 70, 70, 2500),
    (ADAPTIVE, 5, 0, 0, 250, 45, 45, 2500),
    # that many updates, and where an epoch is longer those nine rounds
    ({**ADAPTIVE, "least": 200}, 10, 0, 0, 250, 200, 200, 2500),
    ({**ADAPTIVE, "least": 201, "patience": 2}, 10, 0, 0, 250, 230, 230, 2500),
    ({**ADAPTIVE, "least": 200}, 100, 0, 0, 250, 900, 900, 2500),
    # a score that never improves on its first value ends it before
    ({**ADAPTIVE, "least": 200, "stall": 15}, 10, 0, 0, 250, 200, 150, 2500),
    # spaCy's patience ends it as well, counted from the first evaluation
    (ADAPTIVE, 10, 80, 0, 0, 90, 80, None),
    (ADAPTIVE, 10, 0, 50, 0, 90, 50, 50),
    (CONSTANT, 10, 0, 200, 0, 0, 200, 200),
    (CONSTANT, 10, 0, 200, 5, 0, 50, 50),
    (CONSTANT, 10, 30, 200, 0, 0, 30, 200),
    (CONSTANT, 10, 0, 0, 0, 0, 0, None),
]


@pytest.mark.parametrize(
    ("rate", "frequency", "patience", "max_steps", "max_epochs", "needed", "fewest", "most"),
    LENGTHS,
)
def test_lengths_of_a_training(
    rate, frequency, patience, max_steps, max_epochs, needed, fewest, most
) -> None:
    training = {
        "optimizer": {"learn_rate": rate},
        "eval_frequency": frequency,
        "patience": patience,
        "max_steps": max_steps,
        "max_epochs": max_epochs,
    }
    rounds = Rounds.of(training, 10)
    assert (rounds.steps_per_epoch, rounds.interval) == (10, frequency)
    assert (rounds.needed, rounds.fewest, rounds.most) == (needed, fewest, most)


@pytest.mark.parametrize(
    ("steps", "text"), [(10, "1 epoch"), (90, "9 epochs"), (45, "4.5 epochs"), (0, "0 epochs")]
)
def test_steps_are_said_as_epochs(steps: int, text: str) -> None:
    rounds = Rounds(10, 10, 0, 0, 0, 0)
    assert rounds.describe(steps) == text
    assert rounds.in_epochs(steps) == f" ({text})"


def test_a_stream_has_steps_alone() -> None:
    training = {
        "optimizer": {"learn_rate": ADAPTIVE},
        "eval_frequency": 10,
        "patience": 80,
        "max_steps": 89,
        "max_epochs": -1,
    }
    rounds = Rounds.of(training, None)
    assert (rounds.needed, rounds.fewest, rounds.most) == (90, 80, 89)
    assert (rounds.describe(1000), rounds.in_epochs(1000)) == ("1,000 steps", "")
    assert rounds.fault() == (
        "[training] max_steps: expected 0 or at least 90, got 89: the last evaluation is that of "
        "step 80, and the schedule ends with that of step 90 at the earliest, so the training "
        "would stop in the middle of a phase"
    )
    for enough in (90, 0):
        assert Rounds.of({**training, "max_steps": enough}, None).fault() is None
