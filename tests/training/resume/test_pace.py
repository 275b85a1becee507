"""When a training is saved."""

from adaptive_spacy.training.resume.pace import Pace


def test_evaluations_are_saved_as_long_as_that_costs_a_small_part_of_the_time() -> None:
    pace = Pace()
    assert pace.is_due(0, True, 0.5)
    pace.took(2.0, 1.0)
    assert not pace.is_due(5, False, 1000.0)
    # another one of two seconds makes four, 5 % of 80
    assert not pace.is_due(5, True, 79.0)
    assert pace.is_due(5, True, 81.0)
    pace.took(1.0, 81.0)
    # all count, and the last one says what the next will cost
    assert not pace.is_due(9, True, 79.0)
    assert pace.is_due(9, True, 81.0)


def test_minutes_are_counted_from_the_last_one() -> None:
    pace = Pace(minutes=1.0)
    assert [pace.is_due(3, False, seconds) for seconds in (59.0, 60.0)] == [False, True]
    pace.took(2.0, 70.0)
    assert [pace.is_due(7, False, seconds) for seconds in (129.0, 130.0)] == [False, True]


def test_steps_are_saved_whatever_it_costs() -> None:
    pace = Pace(steps=3)
    pace.took(1000.0, 1.0)
    assert [step for step in range(9) if pace.is_due(step, False, 2.0)] == [2, 5, 8]


def test_share_is_one_of_all_the_time_however_often_it_goes_on() -> None:
    pace, spent, seconds = Pace(), 0.0, 0.0
    for evaluation in range(100):
        seconds += 10.0
        if pace.is_due(evaluation, True, seconds):
            state = pace.save_state(seconds)
            pace.took(5.0, seconds)
            spent += 5.0
        if evaluation % 10 == 9:
            pace = Pace()
            pace.load_state(state)
    assert 0.03 * seconds < spent <= 0.05 * seconds + 5.0
    # and so are the minutes
    pace = Pace(minutes=1.0)
    pace.load_state(Pace(minutes=1.0).save_state(70.0))
    assert [pace.is_due(7, False, now) for now in (129.0, 130.0)] == [False, True]
