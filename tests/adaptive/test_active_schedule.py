"""Which schedule is whose: trainings beside, inside and after each other."""

import gc
import threading
import weakref
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import registry

from adaptive_spacy.adaptive import active_schedule
from tests.util import RecordingAdam, live_schedule, scripted_config, train_in_process


class _Broken(Exception):
    pass


@registry.callbacks("test.break_at")
def make_break_at(step: int):
    def break_at(nlp: Language, info: dict[str, int]) -> None:
        if info["step"] == step:
            raise _Broken

    return break_at


def test_trainings_in_one_process_do_not_see_each_other(tmp_path: Path) -> None:
    finishing = [0, 2, 1, 1, 1]
    _, optimizer = train_in_process(scripted_config(tmp_path, finishing))
    expected = optimizer.used
    assert len(expected) == 10
    # one broken off in the middle of its cool-down
    broken = scripted_config(tmp_path, finishing)
    broken["training"]["before_update"]["then"] = {"@callbacks": "test.break_at", "step": 7}
    with pytest.raises(_Broken):
        train_in_process(broken)
    # one without a schedule, whose batcher would stop at once if it saw the finished one
    plain = scripted_config(tmp_path, [0, 1], training__before_update=None)
    plain["training"]["optimizer"]["learn_rate"] = {"@schedules": "constant.v1", "rate": 0.5}
    plain["training"]["max_steps"] = 11
    _, optimizer = train_in_process(plain)
    assert optimizer.used == [0.5] * 12
    # and the first one again
    _, optimizer = train_in_process(scripted_config(tmp_path, finishing))
    assert optimizer.used == expected


def test_an_optimizer_built_during_a_training_changes_nothing(tmp_path: Path) -> None:
    @registry.callbacks("test.build_optimizer")
    def make_build_optimizer():
        return lambda nlp, info: nlp.create_optimizer() and None

    config = scripted_config(tmp_path, [0, 2, 1, 1, 1])
    config["training"]["before_update"]["then"] = {"@callbacks": "test.build_optimizer"}
    RecordingAdam.built.clear()
    train_in_process(config)
    # the second one built is the one that trains: spaCy resolves [training] twice
    assert RecordingAdam.built[1].used == [*[1] * 6, 0.75, 0.5, 0.25, 0.0]


def test_trainings_in_two_threads_do_not_see_each_other(tmp_path: Path) -> None:
    scripts = {"short": [0, 2, 1, 1, 1], "long": [0, 2, 1, 3, 2, 2, 2]}
    configs = {}
    for name, script in scripts.items():
        (tmp_path / name).mkdir()
        configs[name] = scripted_config(tmp_path / name, script)
    latest = {}
    both_built = threading.Barrier(2)

    def work(name: str) -> None:
        nlp = init_nlp(configs[name])
        both_built.wait(timeout=60)
        train(nlp)
        latest[name] = active_schedule.latest()

    RecordingAdam.built.clear()
    threads = [threading.Thread(target=work, args=(name,)) for name in scripts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rates = {
        name: next(one.used for one in RecordingAdam.built if one.schedule is schedule)
        for name, schedule in latest.items()
    }
    assert rates == {
        "short": [*[1] * 6, 0.75, 0.5, 0.25, 0.0],
        "long": [*[1] * 6, 0.75, 0.5, 1, 1, 0.75, 0.5, 0.25, 0.0],
    }


def test_binding_keeps_no_schedule_alive(tmp_path: Path) -> None:
    _, optimizer = train_in_process(scripted_config(tmp_path, [0, 2, 1, 1, 1]))
    reference = weakref.ref(live_schedule(optimizer))
    RecordingAdam.built.clear()
    del optimizer
    gc.collect()
    assert reference() is None
    assert active_schedule.latest() is None


@registry.callbacks("test.train_inside")
def make_train_inside(path: str):
    def train_inside(nlp: Language, info: dict[str, int]) -> None:
        if info["step"] == 0:
            train_in_process(scripted_config(Path(path), [0, 2, 1, 3, 1, 1, 1]))

    return train_inside


def test_a_training_inside_a_training_changes_nothing(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 2, 1, 1, 1])
    then = {"@callbacks": "test.train_inside", "path": str(tmp_path)}
    config["training"]["before_update"]["then"] = then
    RecordingAdam.built.clear()
    train_in_process(config)
    outer, inner = RecordingAdam.built[1], RecordingAdam.built[3]
    assert outer.used == [*[1] * 6, 0.75, 0.5, 0.25, 0.0]
    assert inner.used == [*[1] * 6, 0.75, 0.5, 1, 1, 0.75, 0.5, 0.25, 0.0]
