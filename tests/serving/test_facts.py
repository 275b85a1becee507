"""Facts of a training and of an evaluation, as a card states them."""

from pathlib import Path

from adaptive_spacy.serving.facts import describe_evaluation, describe_training


def test_facts_of_an_evaluation() -> None:
    metrics = {
        "corpus": "corpus/x/test.spacy",
        "sentences": 3,
        "entities": 2,
        "seqeval": {"per_type": {"PER": {"support": 2}}},
        "exact_match": 0.5,
    }
    assert describe_evaluation(metrics) == {
        "corpus": "test",
        "sentences": 3,
        "entities": 2,
        "support": {"PER": 2},
        "exact_match": 0.5,
        "calibration_error": None,
    }
    measured = {"before": {}, "after": {"calibration_error": 0.0427}}
    found = describe_evaluation({**metrics, "confidence": measured})
    assert found is not None
    assert found["calibration_error"] == 0.0427
    assert describe_evaluation({"spacy": {}}) is None


def test_facts_of_a_training(foreign: Path) -> None:
    assert describe_training(foreign) == {
        "sentences of train": 48,
        "sentences of dev": 10,
        "highest learning rate": "0.005",
        "schedule": "adaptive_spacy.adaptive.v1",
        "seed": 0,
        "length": "10 epochs, 30 steps",
        "checkpoint": "the last one",
    }
    best = describe_training(foreign.with_name("model-best"))
    assert best["checkpoint"].startswith("the one with the best score on dev, after step ")
