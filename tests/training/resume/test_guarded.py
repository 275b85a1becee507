"""A training that the guard sets back, broken off around that."""

from pathlib import Path

import pytest

from tests.training.resume.trainings import (
    Stop,
    files,
    fingerprint,
    history,
    make_driver,
    run_resumed,
    stop_after,
)
from tests.util import scripted_config

#: By evaluation, every 2 updates: collapses at steps 6 and 12
SCORES = [0.1, 0.5, 0.9, 0.0, 0.91, 0.92, 0.1, 0.93, 0.94]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.usefixtures("without_loss")
def test_training_that_was_set_back_goes_on_to_the_same_end(tmp_path: Path) -> None:
    config = scripted_config(
        tmp_path,
        SCORES,
        training__score_weights={"cats_score": 1.0, "scripted": None},
        training__logger={"@loggers": "adaptive_spacy.Logger.v1", "progress_bar": False},
        training__before_to_disk={"@callbacks": "adaptive_spacy.checkpoint.v1"},
        training__max_epochs=5,
        training__dropout=0.2,
        training__optimizer__learn_rate__stall=50,
    )
    config["training"]["before_update"]["then"] = {
        **{"@callbacks": "adaptive_spacy.guard.v1", "metric": "scripted"}
    }
    whole = make_driver(config, tmp_path / "whole")
    whole.run()
    rows = history(tmp_path / "whole")
    assert [row["setbacks"] for row in rows[:8]] == [0, 0, 0, 0, 1, 1, 1, 2]
    # before the collapse, between it and the way back, after it, and around the second one
    for step in (4, 5, 6, 7, 8, 12, 13):
        output = tmp_path / str(step)
        driver = make_driver(config, output)
        stop_after(driver, step)
        with pytest.raises(Stop):
            driver.run()
        resumed = run_resumed(config, output)
        assert fingerprint(resumed.nlp) == fingerprint(whole.nlp), step
        assert history(output) == rows
        for model in ("model-best", "model-last"):
            assert files(output / model) == files(tmp_path / "whole" / model)
