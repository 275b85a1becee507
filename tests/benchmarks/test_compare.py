"""Everyone is timed in turns, task by task, and nobody tags with random weights."""

from typing import Any

import pytest

from benchmarks.speed import compare
from benchmarks.speed.compare import measure, table


def contestants(calls: list[tuple[str, str]]) -> Any:
    class One:
        tasks: tuple[str, ...] = ("training", "tagging")

        def __init__(self, name: str) -> None:
            self.name = name

        def epoch(self) -> None:
            calls.append((self.name, "training"))

        def tag(self, texts: list[str]) -> None:
            assert texts == ["Ada"]
            calls.append((self.name, "tagging"))

    class TagsAlone(One):
        tasks = ("tagging",)

    return [One("ours"), TagsAlone("int8"), One("peer")]


@pytest.mark.parametrize("tasks", [("training", "tagging"), ("tagging",), ("training",)])
def test_everyone_is_timed_in_turns(monkeypatch: pytest.MonkeyPatch, tasks) -> None:
    calls: list[tuple[str, str]] = []
    clock = iter(range(100))

    def timed(function, *arguments) -> float:
        function(*arguments)
        return float(next(clock))

    monkeypatch.setattr(compare, "timed", timed)
    seconds = measure(contestants(calls), ["Ada"], 2, tasks)
    rounds = {
        "training": [("ours", "training"), ("peer", "training")] * 2,
        "tagging": [("ours", "tagging"), ("int8", "tagging"), ("peer", "tagging")] * 3,
    }
    first = [(name, "training") for name in ("ours", "int8", "peer")]
    assert calls == [*first, *(call for task in tasks for call in rounds[task])]
    # two rounds each; neither the first epoch nor what is tagged first counts
    expected = {
        ("training", "tagging"): {
            "training": {"ours": [0, 2], "peer": [1, 3]},
            "tagging": {"ours": [4, 7], "int8": [5, 8], "peer": [6, 9]},
        },
        ("tagging",): {"tagging": {"ours": [0, 3], "int8": [1, 4], "peer": [2, 5]}},
        ("training",): {"training": {"ours": [0, 2], "peer": [1, 3]}},
    }
    assert seconds == expected[tasks]


def test_table_says_how_many_times_as_fast_ours_is() -> None:
    seconds = {"adaptive-spacy": [1.0, 2.0, 3.0], "bare torch": [3.0, 1.0, 4.0]}
    record = {"words": {"tagging": 600}, "seconds": {"tagging": seconds}}
    assert table(record).splitlines() == [
        "| tagging | words per second | range | adaptive-spacy is |",
        "| --- | --- | --- | --- |",
        "| adaptive-spacy | 300 | 200 to 600 | |",
        "| bare torch | 200 | 150 to 600 | 1.50x |",
    ]
