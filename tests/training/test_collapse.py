import pytest

from adaptive_spacy.training.collapse import Watch


def lines(scores, losses=None) -> list[tuple[int, str]]:
    """RETURNS (list): Round and first words of what is said of a history."""
    watch = Watch("ents_f", "F1")
    losses = losses or [None] * len(scores)
    return [
        (i, line)
        for i, (score, loss) in enumerate(zip(scores, losses, strict=True))
        for line in watch.look(
            {
                "step": 3 * i,
                "steps_per_round": 3,
                "scores": {"ents_f": score},
                "train_loss": loss,
            }
        )
    ]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # a rate that is 50 times too high
        ([0.0, 0.5, 0.788, 0.588], [(3, "F1 fell to 58.8, far below the 78.8 of round 2")]),
        # once, until there is a better one
        (
            [0.0, 0.6, 0.1, 0.0, 0.5, 0.1, 0.7, 0.2],
            [(2, "F1 fell to 10.0"), (7, "F1 fell to 20.0, far below the 70.0 of round 6")],
        ),
        # as scores go at the beginning, and on small dev sets
        ([0.0, 0.2, 0.0, 0.25, 0.1, 0.4, 0.35], []),
        ([0.0] * 9, [(5, "F1 is 0.0 in all of the first 5 rounds")]),
        ([0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0], []),
        ([None] * 9, []),
    ],
)
def test_scores_that_are_lost_are_named(scores, expected) -> None:
    found = lines(scores)
    assert [i for i, _ in found] == [i for i, _ in expected]
    for (_, line), (_, start) in zip(found, expected, strict=True):
        assert line.startswith(start)


@pytest.mark.parametrize(
    ("losses", "rounds"),
    [
        ([1.6, 1.2, 0.4, 1.3, 1.3], [3]),
        ([1.6, 2.2, 5.0, 9.0], [2]),
        ([1.6, 0.5, 0.01, 0.04, 0.2], []),
        ([1.6, 0.4, 1.3, 0.3, 1.4], [2, 4]),
        ([None, 1.0, None, 3.5], [3]),
    ],
)
def test_losses_that_jump_are_named(losses, rounds) -> None:
    found = lines([0.1] * len(losses), losses)
    assert [i for i, _ in found] == rounds
    assert all(line.startswith("the training loss jumped to") for _, line in found)
