"""The fuzz program: it finds bugs, and a few hundred inputs do not find any."""

import pytest

from adaptive_spacy.data.read_back import ReadBack
from adaptive_spacy.data.writers.conll import ConllWriter
from tests.fuzz.readers import Feeder, fuzz_by_mutation, mutate


def test_fuzz_reads_its_seeds_and_finds_no_bug(tmp_path):
    feed = Feeder(tmp_path)
    formats = {target.format for target in feed.targets}
    assert {"auto", "conll", "jsonl", "brat"} <= formats
    count = fuzz_by_mutation(feed, seed=1, goes_on=lambda count: count < 400)
    assert count == 400
    assert feed.read + feed.refused == 400 + len(feed.seeds())
    assert feed.read > 60
    # and what was read came back of an export
    trips = feed.round_trips
    assert 60 < trips.kept <= feed.read
    assert len(trips.refused) < 5
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_of_each_seed_comes_back_of_an_export(tmp_path):
    feed = Feeder(tmp_path)
    for seed in feed.seeds():
        feed(seed)
    assert feed.round_trips.refused == []
    assert feed.round_trips.kept == feed.read > 150


def test_docs_that_come_back_otherwise_are_a_bug(tmp_path, monkeypatch):
    feed = Feeder(tmp_path)
    write = ConllWriter.format
    monkeypatch.setattr(ConllWriter, "format", lambda *args: write(*args).replace("Ada", "Bob"))
    monkeypatch.setattr(ReadBack, "check", lambda *_: None)
    with pytest.raises(AssertionError, match="conll: other docs come back"):
        feed(feed.seeds()[0])


@pytest.mark.parametrize("bug", [RuntimeError("x"), UnicodeError("x"), ValueError("")])
def test_fuzz_keeps_the_input_that_fails(tmp_path, monkeypatch, bug):
    feed = Feeder(tmp_path)

    def fail(*_, **options):
        if feed.read + feed.refused >= len(feed.seeds()):
            raise bug
        raise ValueError("refused")

    monkeypatch.setattr(feed, "_open", fail)
    with pytest.raises((RuntimeError, UnicodeError, AssertionError)):
        fuzz_by_mutation(feed, seed=1, goes_on=lambda count: True)
    assert [path.name for path in tmp_path.iterdir()] == ["last.bin"]


def test_fuzz_mutates_the_same_by_the_same_seed():
    import random

    found = [
        [mutate(b"\1some input", [b"\2other"], random.Random(seed)) for seed in range(20)]
        for _ in range(2)
    ]
    assert found[0] == found[1]
    assert len(set(found[0])) > 15
    assert all(data.startswith(b"\1") for data in found[0])
