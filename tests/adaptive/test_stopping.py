from itertools import count

import pytest

from adaptive_spacy.adaptive import active_schedule
from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from adaptive_spacy.adaptive.stopping import make_until_finished_v1


def test_batcher_stops_when_the_schedule_is_finished() -> None:
    batcher = make_until_finished_v1(lambda items: ([item] for item in items))
    schedule = make_adaptive_v1(rate=1.0, interval=1, cooldown=1, stall=2)
    active_schedule.bind()
    batches = batcher(count())
    assert [next(batches), next(batches)] == [[0], [1]]
    for step in (1, 2):
        schedule.observe(step, float("nan"))
    assert schedule.finished
    assert list(batches) == []
    assert list(batcher(range(3))) == []


def test_batcher_does_not_draw_a_batch_that_nobody_gets() -> None:
    drawn = []

    def underneath(items):
        for item in items:
            drawn.append(item)
            yield [item]

    batcher = make_until_finished_v1(underneath)
    schedule = make_adaptive_v1(rate=1.0, interval=1, cooldown=0, stall=1)
    active_schedule.bind()
    batches = batcher(range(5))
    next(batches)
    schedule.observe(1, float("nan"))
    assert list(batches) == []
    assert drawn == [0]


@pytest.mark.parametrize("built_first", ["schedule", "batcher"])
def test_batcher_ignores_a_schedule_that_finished_before(built_first: str) -> None:
    old = make_adaptive_v1(rate=1.0, interval=1, cooldown=0, stall=1)
    active_schedule.bind()
    old.observe(1, float("nan"))
    assert old.finished
    if built_first == "schedule":
        schedule = make_adaptive_v1(rate=1.0, interval=1)
    batcher = make_until_finished_v1(lambda items: ([item] for item in items))
    if built_first == "batcher":
        schedule = make_adaptive_v1(rate=1.0, interval=1)
    batches = batcher(range(3))
    assert next(batches) == [0]
    assert active_schedule.bind() is schedule
    assert list(batches) == [[1], [2]]


def test_batcher_without_a_training_yields_everything() -> None:
    batcher = make_until_finished_v1(lambda items: ([item] for item in items))
    assert list(batcher("ab")) == [["a"], ["b"]]
