"""What a batcher or a reader remembers from epoch to epoch goes on with a training that is resumed,
or it is said before the training begins that it would not."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from spacy import registry
from spacy.language import Language
from thinc.api import Config, ConfigValidationError

from tests.training.resume.trainings import Stop, fingerprint, make_driver, run_resumed, stop_after
from tests.util import scripted_config

SCORES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
SHUFFLED = {"@readers": "adaptive_spacy.Corpus.v1", "path": "${paths.train}", "shuffle": True}
UNTIL_FINISHED = "adaptive_spacy.until_finished.v1"


class Growing:
    """Batches of 2 in the first epoch, of 4 in the second, and so on; what it has cut is kept in a
    list that is its own."""

    def __init__(self) -> None:
        self.epochs: list[int] = []

    def __call__(self, items: Iterable[Any]) -> Iterator[list[Any]]:
        rest = list(items)
        size = 2 * len(self.epochs) + 2
        self.epochs.append(size)
        for start in range(0, len(rest), size):
            yield rest[start : start + size]

    def save_state(self, nlp: Language) -> dict[str, Any]:
        return {"epochs": self.epochs}

    def load_state(self, nlp: Language, state: dict[str, Any], output: Any) -> None:
        self.epochs = list(state["epochs"])


@registry.batchers("test.growing")
def make_growing() -> Growing:
    return Growing()


@registry.batchers("test.wrapping")
def make_wrapping(batcher: Callable[..., Any]) -> Callable[..., Any]:
    return lambda items: batcher(items)


@registry.readers("test.wrapping")
def make_wrapping_reader(readers: dict[str, Any]) -> Callable[..., Any]:
    return lambda nlp: (one for reader in readers.values() for one in reader(nlp))


@registry.readers("test.both_corpora")
def make_both(reader: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    return {"train": lambda nlp: reader(nlp), "dev": lambda nlp: reader(nlp)}


def growing(folder: Path, *, inside: bool) -> Config:
    block = {"@batchers": "test.growing"}
    return scripted_config(
        folder,
        SCORES,
        training__max_epochs=3,
        training__batcher={"@batchers": UNTIL_FINISHED, "batcher": block} if inside else block,
    )


def streamed(folder: Path, train: Any, dev: Any = None) -> Config:
    config = scripted_config(folder, SCORES, training__max_epochs=-1, training__max_steps=6)
    config["corpora"]["train"] = train
    config["corpora"]["dev"] = dev or config["corpora"]["dev"]
    config["training"]["batcher"] = config["training"]["batcher"]["batcher"]
    config["training"]["before_update"] = None
    config["training"]["optimizer"] = {"@optimizers": "Adam.v1", "learn_rate": 0.01}
    return config


def wrapped(*readers: dict[str, Any]) -> dict[str, Any]:
    return {"@readers": "test.wrapping", "readers": {f"r{i}": one for i, one in enumerate(readers)}}


@pytest.mark.parametrize("inside", [False, True])
def test_batcher_that_remembers_goes_on(inside: bool, tmp_path: Path) -> None:
    config = growing(tmp_path, inside=inside)
    whole = make_driver(config, tmp_path / "whole")
    whole.run()
    # in each of three epochs, of 10, 5 and 4 batches
    for step in (3, 12, 16):
        driver = make_driver(config, tmp_path / str(step))
        stop_after(driver, step)
        with pytest.raises(Stop):
            driver.run()
        resumed = run_resumed(config, tmp_path / str(step))
        assert resumed.loop.words == whole.loop.words, step
        assert fingerprint(resumed.nlp) == fingerprint(whole.nlp), step


def test_snapshot_of_before_has_the_batcher_among_its_parts(tmp_path: Path) -> None:
    config = growing(tmp_path, inside=False)
    driver = make_driver(config, tmp_path / "out")
    stop_after(driver, 3)
    with pytest.raises(Stop):
        driver.run()
    assert driver.snapshots is not None
    found = driver.snapshots.read()
    assert found is not None
    state = found[1]
    del state["batches"]["batcher"]
    state["parts"]["batcher"] = {"epochs": [2, 2]}
    resumed = make_driver(config, tmp_path / "out")
    resumed.load(state)
    assert resumed.training["batcher"].epochs == [2, 2]


REMEDY = "Give test.wrapping both methods"


@pytest.mark.parametrize("where", ["train", "dev"])
def test_shuffled_corpus_inside_of_anothers_reader_is_refused(where: str, tmp_path: Path) -> None:
    plain = {"@readers": "spacy.Corpus.v1", "path": "${paths.train}"}
    corpora = {"train": plain, "dev": plain, where: wrapped(plain, SHUFFLED)}
    config = streamed(tmp_path, **corpora)
    with pytest.raises(ConfigValidationError) as error:
        make_driver(config, tmp_path / "out")
    text = str(error.value)
    assert f"[corpora.{where}]: adaptive_spacy.Corpus.v1 stands inside of test.wrapping" in text
    assert f"{REMEDY}, take the `shuffle` of adaptive_spacy.Corpus.v1 out, or train with" in text
    assert list((tmp_path / "out").iterdir()) == []
    # what cannot be resumed anyway trains as with spaCy's own command
    make_driver(config, None)


def test_corpora_of_one_function_hide_a_shuffle_too(tmp_path: Path) -> None:
    config = streamed(tmp_path, {})
    config["corpora"] = {"@readers": "test.both_corpora", "reader": SHUFFLED}
    with pytest.raises(ConfigValidationError, match=r"Corpus\.v1 stands inside of test\.both"):
        make_driver(config, tmp_path / "out")


def test_readers_that_remember_nothing_may_stand_inside_of_others(tmp_path: Path) -> None:
    """Without a shuffle all passes are the same, and one that is read once has no second."""
    still = streamed(tmp_path, wrapped({**SHUFFLED, "shuffle": False}))
    once = streamed(tmp_path, wrapped(SHUFFLED))
    once["training"]["max_epochs"] = 2
    for config, is_streamed in ((still, True), (once, False)):
        driver = make_driver(config, tmp_path / "out")
        assert driver.loop.batches.streamed == is_streamed
        with pytest.raises(ConfigValidationError, match=r"Corpus\.v1 stands inside of test\.wr"):
            make_driver(streamed(tmp_path, wrapped(SHUFFLED)), tmp_path / "other")


def test_batcher_inside_of_anothers_is_refused_where_it_passes_a_state_on(tmp_path: Path) -> None:
    config = growing(tmp_path, inside=True)
    inner = config["training"]["batcher"]
    config["training"]["batcher"] = {"@batchers": "test.wrapping", "batcher": inner}
    with pytest.raises(ConfigValidationError) as error:
        make_driver(config, tmp_path / "out")
    text = str(error.value)
    assert f"[training.batcher]: {UNTIL_FINISHED} stands inside of test.wrapping" in text
    assert f"put {UNTIL_FINISHED} first, with test.wrapping as its `batcher`" in text
    config["training"]["batcher"]["batcher"] = {"@batchers": "adaptive_spacy.buckets.v1"}
    make_driver(config, tmp_path / "out")
