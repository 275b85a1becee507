"""The table that a training prints."""

import pytest

from adaptive_spacy.training.table import Table


def test_table_fits_80_columns_whatever_is_scored() -> None:
    weights = {f"a_rather_long_metric_{i}": 0.1 for i in range(9)} | {"ents_loss": None}
    table = Table(weights)
    evaluation = {
        "epoch": 249,
        "step": 123456,
        "phase": "cooldown",
        "rate": 1.2345e-5,
        "train_loss": 12.3456,
        "scores": dict.fromkeys(weights, 1.0),
        "score": -12.3456,
        "best": True,
    }
    for line in [*table.header().splitlines(), table.row(evaluation)]:
        assert len(line) <= 80
    assert table.metrics[0] == "ents_loss"


def test_table_of_ner_shows_loss_and_scores() -> None:
    weights = {
        "ents_f": 1.0,
        "ents_p": 0.0,
        "ents_r": 0.0,
        "ents_per_type": None,
        "ents_loss": None,
    }
    table = Table(weights)
    assert table.metrics == ["ents_loss", "ents_f", "ents_p", "ents_r"]
    names = " ".join(table.header().splitlines()[0].split())
    assert names == "E # PHASE RATE TRAIN LOSS DEV LOSS F1 P R BEST"


def test_table_of_ner_shows_the_refined_loss_where_it_decides() -> None:
    weights = {
        **{"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_loss": None},
        **{"ents_loss_refined": None, "temperature": None},
    }
    assert Table(weights).metrics == ["ents_loss", "ents_f", "ents_p", "ents_r"]
    table = Table(weights, {"ents_loss_refined": -1.0})
    assert table.metrics == ["ents_loss", "ents_loss_refined", "ents_f"]
    names = " ".join(table.header().splitlines()[0].split())
    assert names == "E # PHASE RATE TRAIN LOSS DEV LOSS REFINED F1 BEST"
    assert "REFINED: the same at the best temperature" in table.legend()
    # a loss and a temperature are no shares
    shown = Table({"ents_loss_refined": -1.0, "temperature": 0.0})
    scores = {"ents_loss_refined": 0.25, "temperature": 1.5}
    evaluation = {
        **{"epoch": 3, "step": 9, "phase": None, "rate": 0.1, "train_loss": 1.5},
        **{"scores": scores, "score": -0.25, "best": False},
    }
    assert shown.row(evaluation).split()[-2:] == ["0.25", "1.50"]


@pytest.mark.parametrize(
    ("weights", "score", "shown"),
    [
        # one number, shown once
        ({"ents_f": 1.0, "ents_p": 0.0}, 0.37, ["37.0", "-"]),
        ({"ents_loss": -1.0, "ents_f": None}, -0.5, ["0.50"]),
        # a mixture, in the unit of its parts
        ({"ents_f": 0.5, "cats_score": 0.5}, 0.37, ["37.0", "37.0", "37.0"]),
        ({"ents_f": 0.5, "ents_loss": -0.5}, -0.065, ["0.50", "37.0", "-0.07"]),
        ({"a" * 70: 1.0}, 0.37, ["37.0"]),
    ],
)
def test_table_shows_the_main_score_once(weights, score: float, shown: list[str]) -> None:
    known = {"ents_f": 0.37, "cats_score": 0.37, "ents_loss": 0.5, "ents_p": None, "a" * 70: 0.37}
    table = Table(weights)
    evaluation = {
        **{"epoch": 3, "step": 9, "phase": None, "rate": 0.1, "train_loss": 1.5},
        **{"scores": known, "score": score, "best": True},
    }
    cells = table.row(evaluation).split()
    assert cells == ["3", "9", "1.0e-01", "1.50", *shown, "*"]
    assert all(len(line) <= 80 for line in table.header().splitlines())


def test_table_keeps_its_columns_when_a_training_diverges() -> None:
    table = Table({"ents_f": 1.0, "ents_loss": None})
    rows = [
        table.row(
            {
                **{"epoch": 3, "step": 9, "phase": "warmup", "rate": 1e3, "train_loss": loss},
                **{"scores": {"ents_f": 0.0, "ents_loss": loss}, "score": 0.0, "best": True},
            }
        )
        for loss in (1.5, 999.99, 1699370.17, 6.3e37)
    ]
    assert len({len(row) for row in rows}) == 1
