from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from thinc.api import Config

from adaptive_spacy.experiments import selection
from adaptive_spacy.experiments.selection import Candidates, ExperimentLog, score_candidates


class Weights:
    """A copy of weights that are one number."""

    def __init__(self, nlp: Any) -> None:
        self.nlp, self.value = nlp, nlp.value

    def restore(self) -> None:
        self.nlp.value = self.value


def test_candidates_are_scored_with_their_weights_and_leave_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "Weights", Weights)
    monkeypatch.setattr(selection, "predict", lambda nlp, examples: None)
    monkeypatch.setattr(selection, "test_scores", lambda nlp, examples: nlp.value)
    monkeypatch.setattr(selection, "count_per_sentence", lambda nlp, examples: None)
    monkeypatch.setattr(selection, "join_counts", lambda counted: None)
    nlp: Any = SimpleNamespace(value=0)
    candidates = Candidates()
    for step, loss, f in ((2, 0.1, 0.2), (4, 0.3, 0.9), (6, 0.4, 0.5)):
        nlp.value = step
        row = {"step": step, "steps_per_round": 2, "dev_loss": loss, "f": f}
        candidates.take(row, nlp)
    found = score_candidates(nlp, candidates, lambda nlp: [], tmp_path, keep=False)["results"]
    scored = {rule: one["test"] for rule, one in found.items()}
    assert scored == {"best_loss": 2, "best_f1": 4, "last": 6}
    assert nlp.value == 6


@pytest.mark.parametrize("reference", ["mine.optimizer", "mine.flags.averages"])
def test_averaged_weights_are_refused_wherever_they_are_asked_for(
    tmp_path: Path, reference: str
) -> None:
    config = Config().from_str(
        "[mine]\n\n[mine.flags]\naverages = true\n\n[mine.optimizer]\nuse_averages = true",
        interpolate=False,
    )
    block = f"${{{reference}}}"
    asked = block if reference == "mine.optimizer" else {"use_averages": block}
    config["training"] = {"optimizer": asked}
    nlp: Any = SimpleNamespace(config=config)
    output: Any = None
    with pytest.raises(ValueError, match="use_averages: expected false, got true"):
        ExperimentLog(nlp, output, output, tmp_path, lambda nlp: [], keep=False)
