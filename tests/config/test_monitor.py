"""What is monitored, as it is written on the command line."""

import pytest

from adaptive_spacy.config.monitor import parse_monitor, parse_monitors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ents_loss", {"ents_loss": -1.0}),
        ("ents_loss_refined", {"ents_loss_refined": -1.0}),
        ("ents_loss_second", {"ents_loss_second": -1.0}),
        ("ents_f", {"ents_f": 1.0}),
        ("ents_f=0.5, x_loss=-2", {"ents_f": 0.5, "x_loss": -2.0}),
    ],
)
def test_monitors_are_read(text: str, expected) -> None:
    assert parse_monitor(text) == expected


def test_an_option_given_twice_is_two_monitors() -> None:
    loss, score = {"ents_loss": -1.0}, {"ents_f": 1.0}
    assert parse_monitors(["ents_loss", "ents_f"]) == [loss, score]
    assert parse_monitors(["ents_loss"]) == loss
    assert parse_monitors([]) is None


@pytest.mark.parametrize("text", ["", "=1", "a=b", "a=0", "a=nan", "a,"])
def test_bad_monitors_are_errors(text: str) -> None:
    with pytest.raises(ValueError, match=r"^--monitor: expected METRIC or METRIC=WEIGHT"):
        parse_monitor(text)
