import pytest

from adaptive_spacy.data.shares import check_split, parse_split


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train", "--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got 'train'"),
        ("a=0.5,", "--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got ''"),
        ("a=80%", "--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got 'a=80%'"),
        ("a=0.5,a=0.2", "--split: expected each name once, got 'a' twice"),
    ],
)
def test_parse_split_refuses_other_forms(text, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        parse_split(text)
    assert str(error.value) == message


def test_parse_split_reads_shares_in_order():
    assert list(parse_split("train=0.8, dev = .1,test=1e-1").items()) == [
        ("train", 0.8),
        ("dev", 0.1),
        ("test", 0.1),
    ]


@pytest.mark.parametrize(
    ("split", "faults"),
    [
        ({"train": 0.7, "dev": 0.15, "test": 0.15}, []),
        ({"train": 1}, []),
        ({"train": 0.8, "dev": 0.3}, ["expected shares that sum to at most 1, got 1.1"]),
        ({"train": 80, "dev": 20}, ["expected shares in (0, 1], got train=80"]),
        ({"train": 0.0}, ["expected shares in (0, 1], got train=0.0"]),
        ({"train": float("nan")}, ["expected shares in (0, 1], got train=nan"]),
        ({"../x": 0.5}, ["expected names of letters, digits, - and _, got '../x'"]),
    ],
)
def test_check_split_finds_faults(split, faults):
    found = check_split(split)
    assert found[: len(faults)] == faults
    assert bool(found) == bool(faults)
