"""Trainings that are killed at any moment: each ends where an undisturbed one does, and there is
always a best model that loads, once there was one."""

import io
import random
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import pytest

from adaptive_spacy.training.resume.pace import Pace
from adaptive_spacy.training.resume.start import Asked, start
from tests.training.resume.trainings import check_models, files, history, killed, make_config

#: Kills of a seed: 50 with --slow
KILLS = 5


def task(config: Path, output: Path) -> Callable[[], int | None]:
    return partial(start, config, output, [], asked=Asked(resume=True), pace=Pace(steps=2))


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.slow
def test_killed_at_random_moments(seed: int, tmp_path: Path) -> None:
    config = make_config(tmp_path, [0.0, 0.3, 0.1, 0.4, 0.2, 0.5, 0.1, 0.1, 0.1])
    whole = tmp_path / "whole"
    calls = killed(task(config, whole), None)
    assert calls is not None
    draw = random.Random(seed)
    output, had_best, deaths = tmp_path / "out", False, 0
    while deaths < KILLS:
        # a new training, once the one before has ended
        ended = killed(task(config, output), draw.randrange(calls))
        had_best = check_models(output, whole, had_best)
        deaths += ended is None
        if ended is not None:
            assert files(output / "model-last") == files(whole / "model-last")
            output, had_best = output.with_name(f"out-{deaths}"), False
    with redirect_stdout(io.StringIO()):
        start(config, output, [], asked=Asked(resume=True))
    assert history(output) == history(whole)
    for model in ("model-best", "model-last"):
        assert files(output / model) == files(whole / model)
    assert {one.name for one in output.iterdir()} <= {
        *("model-best", "model-last", "history.jsonl", "resume", ".lock")
    }
