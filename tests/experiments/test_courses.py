"""What the last training takes over from the folds."""

import pytest

from adaptive_spacy.experiments.courses import Course, agree


@pytest.mark.parametrize(
    ("halved", "expected"),
    [
        ([(), (), ()], ()),
        # a minority, and a half
        ([(3.0,), (), ()], ()),
        ([(3.0,), (4.0,), (), ()], ()),
        ([(3.0,), (4.0,), (8.0,), ()], (4.0,)),
        ([(3.0,), (5.0,), ()], (4.0,)),
        # one of them twice, most of them twice
        ([(3.0, 6.0), (4.0,), (5.0,)], (4.0,)),
        ([(3.0, 6.0), (4.0, 4.0), (5.0,)], (4.0, 5.0)),
        ([(3.0, 6.0, 7.0), (4.0, 4.0), (5.0, 9.0)], (4.0, 6.0)),
        # all of them, at once
        ([(0.0,), (0.0,), (0.0,)], (0.0,)),
    ],
)
def test_rate_is_halved_as_often_as_in_most_folds(
    halved: list[tuple[float, ...]], expected: tuple[float, ...]
) -> None:
    courses = [Course(10.0, one) for one in halved]
    assert agree(courses) == Course(20.0, expected)
    assert agree(courses[::-1]) == Course(20.0, expected)


def test_length_is_twice_the_mean_and_what_lies_beyond_it_is_left_out() -> None:
    long, short = Course(12.0, (11.5,)), Course(1.0)
    assert agree([long, long, long, short, short]) == Course(15.2, (11.5,))
    assert agree([long, long, Course(1.0, (0.5,)), short, short]) == Course(10.8)
