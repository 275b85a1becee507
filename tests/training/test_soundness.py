from types import SimpleNamespace

import numpy
import pytest
import spacy
import torch
from spacy.training.initialize import init_nlp
from spacy.util import load_config

from adaptive_spacy.training.soundness import require_finite, sums, warnings_of
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def pipeline(corpus_folder, transformer_folder):
    overrides = {
        "paths.train": str(corpus_folder / "train.spacy"),
        "paths.dev": str(corpus_folder / "dev.spacy"),
        "variables.transformer": str(transformer_folder),
    }
    return init_nlp(load_config(ROOT / "configs" / "adaptive.cfg", overrides=overrides))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_of_torch_that_are_not_finite_are_named(pipeline, value: float) -> None:
    require_finite(pipeline)
    network = pipeline.get_pipe("transformer").model.layers[0].shims[0]._model
    bias = network.encoder.layer[1].output.dense.bias
    former = bias[3].item()
    with torch.no_grad():
        bias[3] = value
    # a pipe that is switched off is written too
    with (
        pipeline.select_pipes(disable=["transformer"]),
        pytest.raises(ValueError, match=r"^transformer: .* encoder.layer.1.output.dense.bias"),
    ):
        require_finite(pipeline)
    with torch.no_grad():
        bias[3] = former
    require_finite(pipeline)


def test_weights_of_thinc_that_are_not_finite_are_named(pipeline) -> None:
    layer = pipeline.get_pipe("transformer_ner").model.get_ref("output_layer")
    weights = layer.get_param("W")
    former = weights.copy()
    weights[-1, -1] = numpy.nan
    with pytest.raises(ValueError, match=r"^transformer_ner: .* first in \w+\.W\."):
        require_finite(pipeline)
    weights[:] = former
    # large, and fewer of them than single precision could add up
    weights[:] = 3e38
    require_finite(pipeline)
    weights[:] = former


def test_pipeline_without_weights_is_finite() -> None:
    blank = spacy.blank("xx")
    assert sums(blank) == {}
    require_finite(blank)


def rounds(*scores: float | None) -> list[SimpleNamespace]:
    return [SimpleNamespace(step=2 * i, steps_per_round=2, f=f) for i, f in enumerate(scores)]


@pytest.mark.parametrize(
    ("performance", "history", "expected"),
    [
        ({"ents_f": 0.588}, [0.0, 0.788, 0.588], ["58.8, far below the 78.8 of epoch 1"]),
        ({"ents_f": 0.0}, [0.0, 0.0, 0.0], ["F1 is 0"]),
        ({"ents_f": 0.0}, [0.0, 0.5, 0.0], ["F1 is 0", "far below the 50.0 of epoch 1"]),
        ({"ents_f": 0.7}, [0.0, 0.8, 0.7], []),
        # nothing was measured
        ({"ents_f": None}, [None, None], []),
        ({}, [], []),
    ],
)
def test_warnings(performance, history, expected: list[str]) -> None:
    found = warnings_of(performance, rounds(*history))
    assert len(found) == len(expected)
    for line, part in zip(found, expected, strict=True):
        assert part in line


def test_warnings_without_history() -> None:
    assert warnings_of({"ents_f": 0.0})[0].startswith("F1 is 0")
    assert warnings_of({"ents_f": 0.4}) == []
    # there is nothing to find: the rate is not to blame
    (line,) = warnings_of({"ents_f": 0.0}, entities=0)
    assert line.startswith("no entity is annotated in the corpus")
    assert warnings_of({"ents_f": 0.0}, entities=1)[0].startswith("F1 is 0")
