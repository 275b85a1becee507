"""What a page says of how a training was made."""

from thinc.api import Config

from adaptive_spacy.report.run.facts import settings_of


def test_settings_are_shown_as_a_person_writes_them() -> None:
    config = Config({"variables": {"fraction": 0.1 + 0.2, "rate": 1e-4, "select": "last"}})
    config["training"] = {"seed": 3, "max_epochs": 1000, "patience": None}
    assert settings_of(config) == {
        "variables.fraction": "0.3",
        "variables.rate": "0.0001",
        "variables.select": "last",
        "training.seed": "3",
        "training.max_epochs": "1000",
        "training.patience": "None",
    }
    assert settings_of(None) == {}
