"""What a training will cost, from a few of its steps."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from adaptive_spacy.training.checks.forecast import STATUS, forecast, peak_memory
from adaptive_spacy.transformer.rate import suit
from tests.trainings import read
from tests.util import scripted_config


def test_forecast_times_real_steps(sound_corpus, transformer_folder) -> None:
    config = read(sound_corpus, transformer_folder, variables__rate="auto")
    before = config.to_str(interpolate=False)
    found = forecast(config)
    assert found.rounds is not None
    assert (found.rounds.steps_per_epoch, found.rounds.fewest, found.rounds.most) == (3, 150, 3000)
    assert 0 < found.seconds_per_step < 60
    assert 0 < found.seconds_per_evaluation < 60
    assert found.evaluated_whole
    expected = 150 * found.seconds_per_step + 51 * found.seconds_per_evaluation
    assert found.seconds(150) == pytest.approx(expected)
    assert dict(found.rows())["highest rate"] == f"{suit(32):g}"
    assert [name for name, _ in found.rows()][:7] == [
        "steps per epoch",
        "at least",
        "at most",
        "highest rate",
        "computes in",
        "a step",
        "an evaluation",
    ]
    # nothing of it stays
    assert config.to_str(interpolate=False) == before


def test_forecast_of_a_stream_has_no_epochs(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0], training__max_epochs=-1)
    assert forecast(config).rounds is None


@pytest.mark.skipif(not STATUS.is_file(), reason="what Linux alone says")
def test_peak_is_not_that_of_who_started_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    inherited = SimpleNamespace(ru_maxrss=1 << 40)
    monkeypatch.setattr(resource, "getrusage", lambda _: inherited)
    peak = peak_memory()
    assert peak is not None
    assert 1 << 20 < peak < 1 << 40
    # elsewhere there is nothing else
    monkeypatch.setattr("adaptive_spacy.training.checks.forecast.STATUS", Path("none"))
    monkeypatch.setattr("sys.platform", "linux")
    assert peak_memory() == 1 << 50
