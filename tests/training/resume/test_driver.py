"""The driver beside spaCy's own loop, and beside itself when it is broken off."""

import io
import random
from pathlib import Path

import numpy
import pytest
import torch
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from thinc.api import Config

from adaptive_spacy.training.resume.signals import Interrupted
from tests.tiers import sliced
from tests.training.resume.trainings import (
    Stop,
    files,
    fingerprint,
    history,
    make_driver,
    run_resumed,
    stop_after,
)
from tests.trainings import NAMES, read
from tests.util import scripted_config

#: Batchers, dropout and optimizers that keep something: in their generators, or in random states
STATEFUL = {
    "padded": {
        "training__batcher": {
            **{"@batchers": "spacy.batch_by_padded.v1", "size": 30, "buffer": 10},
            "discard_oversize": False,
        },
    },
    "compounding": {
        "training__batcher": {
            "@batchers": "spacy.batch_by_sequence.v1",
            "size": {
                **{"@schedules": "compounding.v1", "start": 4.0, "stop": 12.0},
                "compound": 1.1,
            },
        },
    },
    "averages": {
        "training__optimizer": {
            "@optimizers": "Adam.v1",
            **{"use_averages": True, "L2": 0.01, "grad_clip": 1.0},
            "learn_rate": {
                "@schedules": "warmup_linear.v1",
                **{"warmup_steps": 4, "total_steps": 40, "initial_rate": 0.01},
            },
        },
        "training__before_update": None,
    },
    "radam": {
        "training__optimizer": {"@optimizers": "RAdam.v1", "learn_rate": 0.01},
        "training__before_update": None,
    },
    "accumulated": {"training__accumulate_gradient": 2},
}


def read_short(corpus: Path, transformer: Path, name: str, **settings: object) -> Config:
    """A shipped config, of a few rounds."""
    return read(corpus, transformer, name, training__max_epochs=6, **settings)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", sliced(["adaptive"], of=NAMES))
def test_driver_is_spacys_loop_step_by_step(
    name: str, corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    config = read_short(corpus_folder, transformer_folder, name)
    (tmp_path / "spacy").mkdir()
    nlp = init_nlp(config)
    train(nlp, tmp_path / "spacy", stdout=io.StringIO())
    driver = make_driver(config, tmp_path / "ours")
    driver.run()
    assert fingerprint(driver.nlp) == fingerprint(nlp)
    assert history(tmp_path / "ours") == history(tmp_path / "spacy")
    for model in ("model-best", "model-last"):
        assert files(tmp_path / "ours" / model) == files(tmp_path / "spacy" / model)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", sliced(["adaptive"], of=NAMES))
def test_resumed_training_ends_where_an_undisturbed_one_does(
    name: str, corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    config = read_short(corpus_folder, transformer_folder, name)
    whole = make_driver(config, tmp_path / "whole")
    whole.run()
    # in the middle of an epoch, before an evaluation, near the end, and after it
    for step in (4, whole.loop.step - 2, whole.loop.step):
        output = tmp_path / f"broken-{step}"
        driver = make_driver(config, output)
        stop_after(driver, step)
        with pytest.raises(Stop):
            driver.run()
        random.seed(1)
        numpy.random.seed(1)
        torch.manual_seed(1)
        resumed = run_resumed(config, output)
        assert fingerprint(resumed.nlp) == fingerprint(whole.nlp)
        assert history(output) == history(tmp_path / "whole")
        for model in ("model-best", "model-last"):
            assert files(output / model) == files(tmp_path / "whole" / model)
        assert [one.name for one in (output / "resume").iterdir()] == ["finished.json"]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", sliced(["averages"], STATEFUL))
def test_whatever_keeps_something_goes_on(kind: str, tmp_path: Path) -> None:
    settings = {"training__max_epochs": 3, "training__dropout": 0.3, **STATEFUL[kind]}
    config = scripted_config(tmp_path, [0, 1, 2, 3, 2, 2, 2], **settings)
    whole = make_driver(config, tmp_path / "whole")
    whole.run()
    assert whole.loop.step > 6
    for step in range(0, whole.loop.step, 3):
        output = tmp_path / str(step)
        driver = make_driver(config, output)
        stop_after(driver, step)
        with pytest.raises(Stop):
            driver.run()
        resumed = run_resumed(config, output)
        assert fingerprint(resumed.nlp) == fingerprint(whole.nlp), step
        assert resumed.loop.results == whole.loop.results
        assert resumed.loop.words == whole.loop.words


def test_streamed_and_shuffled_corpus_goes_on(tmp_path: Path) -> None:
    settings = {"training__max_epochs": -1, "training__max_steps": 12}
    config = scripted_config(tmp_path, [1], **settings)
    config["corpora"]["train"] = {
        **{"@readers": "adaptive_spacy.Corpus.v1", "path": "${paths.train}", "shuffle": True}
    }
    config["training"]["batcher"] = config["training"]["batcher"]["batcher"]
    config["training"]["before_update"] = None
    config["training"]["optimizer"] = {"@optimizers": "Adam.v1", "learn_rate": 0.01}
    whole = make_driver(config, None)
    whole.run()
    assert whole.loop.step == 12
    driver = make_driver(config, None, tmp_path / "snapshots")
    # in the second pass
    stop_after(driver, 7)
    with pytest.raises(Stop):
        driver.run()
    resumed = run_resumed(config, None, tmp_path / "snapshots")
    assert fingerprint(resumed.nlp) == fingerprint(whole.nlp)


def test_signal_saves_the_step_and_ends(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 1, 2, 3, 2, 2, 2])
    whole = make_driver(config, tmp_path / "whole")
    whole.run()
    driver = make_driver(config, tmp_path / "out")
    driver.pace.steps = None
    update = driver.nlp.update

    def interrupted(*args, **kwargs):
        if driver.loop.step == 5:
            driver.interruption.number = 15
        return update(*args, **kwargs)

    driver.nlp.update = interrupted  # type: ignore[method-assign]
    with pytest.raises(Interrupted, match="SIGTERM"):
        driver.run()
    assert driver.loop.step == 5
    assert driver.snapshots is not None
    assert [one.name for one in driver.snapshots.folders()][-1] == "step-000000005"
    resumed = run_resumed(config, tmp_path / "out")
    assert fingerprint(resumed.nlp) == fingerprint(whole.nlp)


def test_schedule_that_cannot_be_repeated_is_refused(tmp_path: Path) -> None:
    config = scripted_config(
        tmp_path,
        [1],
        training__before_update=None,
        training__optimizer={"@optimizers": "Adam.v1", "learn_rate": 0.01},
        training__max_steps=6,
    )
    driver = make_driver(config, None, tmp_path / "snapshots")
    stop_after(driver, 2)
    driver.loop.optimizer.schedules["learn_rate"] = iter([0.5, 0.25, 0.125, 1, 1, 1])
    with pytest.raises(Stop):
        driver.run()
    other = make_driver(config, None, tmp_path / "snapshots")
    other.loop.optimizer.schedules["learn_rate"] = iter([0.5, 0.25, 0.25, 1, 1, 1])
    assert other.snapshots is not None
    found = other.snapshots.read()
    assert found is not None
    with pytest.raises(ValueError, match=r"learn_rate: expected 0\.125 after 3 updates"):
        other.run(found[1])
