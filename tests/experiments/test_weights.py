from pathlib import Path
from typing import Any

import numpy
import pytest
from spacy.language import Language

from adaptive_spacy.experiments.weights import Weights
from adaptive_spacy.training.resume.parameters import save_weights
from adaptive_spacy.training.resume.snapshots import Snapshots
from tests.transformer.pipelines import OURS, learn, trained


def state_of(nlp: Language) -> tuple[float, dict[str, Any]]:
    """RETURNS (tuple): The temperature and copies of all weights."""
    found = {name: numpy.array(one) for name, one in save_weights(nlp).items()}
    return nlp.get_pipe("transformer_ner").temperature, found


def same(one: tuple[float, dict[str, Any]], other: tuple[float, dict[str, Any]]) -> bool:
    return one[0] == other[0] and all(
        numpy.array_equal(array, other[1][name]) for name, array in one[1].items()
    )


@pytest.mark.parametrize("resumed", [False, True])
def test_weights_come_back_with_the_temperature_measured_with_them(
    transformer_folder: Path, tmp_path: Path, resumed: bool
) -> None:
    nlp = trained(transformer_folder, OURS)
    nlp.get_pipe("transformer_ner").temperature = 2.5
    before, kept = state_of(nlp), Weights(nlp)
    learn(nlp, steps=2)
    nlp.get_pipe("transformer_ner").temperature = 4.0
    assert not any(
        numpy.array_equal(one, before[1][name])
        for name, one in state_of(nlp)[1].items()
        if name.endswith(("W", "query.weight"))
    )
    if resumed:
        snapshots = Snapshots(tmp_path)
        snapshots.write(1, {}, kept.save_state())
        (_, saved) = snapshots.read() or ({}, {})
        kept = Weights(nlp)
        kept.load_state(saved)
    kept.restore()
    assert same(state_of(nlp), before)
