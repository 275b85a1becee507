"""What a model that was trained on all labels says of itself."""

from pathlib import Path

import pytest
import srsly
from thinc.api import Config

from adaptive_spacy.experiments.shipping import state_temperatures


def model_of(folder: Path, *pipes: str) -> Path:
    """A folder with all that matters here of a pipeline."""
    components = {pipe: {"factory": "transformer_ner"} for pipe in pipes}
    Config({"components": {**components, "other": {"factory": "ner"}}}).to_disk(
        folder / "config.cfg"
    )
    for pipe in pipes:
        (folder / pipe).mkdir()
        srsly.write_json(folder / pipe / "cfg", {"labels": ["PER"], "temperature": 0.25})
    return folder


def stated(model: Path, pipe: str) -> float:
    cfg = srsly.read_json(model / pipe / "cfg")
    assert cfg["labels"] == ["PER"]
    temperature: float = cfg["temperature"]
    return temperature


@pytest.mark.parametrize(
    ("evaluations", "expected"),
    [
        ([{"temperature": 2.0}], 2.0),
        ([{"temperature": 1.0}, {"temperature": 4.0}], 2.0),
        # nothing to go by, or all right
        ([{"temperature": 0.1}, {"temperature": 4.0}], 2.0),
        ([{"temperature": None}, {"temperature": 3.0}], 3.0),
        ([{}], 1.0),
        ([{"temperature": 2.0, "temperature_ner": 3.0}], 3.0),
    ],
)
def test_model_states_the_mean_temperature(tmp_path: Path, evaluations, expected: float) -> None:
    model = model_of(tmp_path, "ner")
    state_temperatures(model, evaluations)
    assert stated(model, "ner") == pytest.approx(expected, abs=1e-6)


def test_each_component_states_its_own_temperature(tmp_path: Path) -> None:
    model = model_of(tmp_path, "one", "two")
    # of two components' the common name has the last one's
    state_temperatures(model, [{"temperature": 2.0, "temperature_one": 3.0}])
    assert (stated(model, "one"), stated(model, "two")) == (3.0, 1.0)
