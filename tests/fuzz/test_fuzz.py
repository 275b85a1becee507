"""A slice of the fuzzer: the whole of it is `python -m tests.fuzz`, see CONTRIBUTING.md."""

import random
from pathlib import Path

import pytest

from tests.fuzz.commands import fuzz_commands, run_case
from tests.fuzz.configs import fuzz_configs
from tests.fuzz.values import spoil_bytes, spoil_settings, spoil_value
from tests.fuzz.world import make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("fuzz") / "world")


def test_command_lines_end_well_or_in_one_line(world: Path) -> None:
    cases = list(fuzz_commands(world, 60, seed=7))
    assert [str(case) for case in cases if case.fault] == []
    # neither all refused nor all fine
    assert {case.exit_code for case in cases} == {0, 1, 2}


def test_configs_are_refused_or_train(world: Path) -> None:
    tried = list(fuzz_configs(world, 30, seed=7))
    assert [str(one) for one in tried if one.fault] == []
    assert {one.outcome for one in tried} == {"refused", "trained"}


def test_bug_is_found(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_, **__):
        raise KeyError("planted")

    monkeypatch.setattr("adaptive_spacy.data.stats.collect.collect", fail)
    found = [case for case in fuzz_commands(world, 60, seed=7) if "planted" in case.fault]
    assert found
    assert all(case.arguments[0] == "stats" for case in found)


def test_case_is_the_same_alone(world: Path) -> None:
    cases = [list(fuzz_commands(world, 4, seed=1))[3], run_case(world, 3, seed=1)]
    assert cases[0].arguments == cases[1].arguments
    assert cases[0].damage == cases[1].damage


def test_mutations_are_seeded() -> None:
    for spoil, value in (
        (spoil_bytes, b"some bytes"),
        (spoil_value, {"a": [1, {"b": 2}]}),
        (spoil_settings, "[a]\nb = 1\nc = 2\n"),
    ):
        found = [repr(spoil(value, random.Random(seed))) for seed in range(20)]
        assert found == [repr(spoil(value, random.Random(seed))) for seed in range(20)]
        assert len(set(found)) > 5
