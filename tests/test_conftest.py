"""How tests are divided among processes, and where the tests of real corpora look."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tests import conftest
from tests.conftest import corpus_file, pytest_cmdline_main, pytest_collection_modifyitems


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout in the place of this one."""
    monkeypatch.setattr(conftest, "ROOT", tmp_path / "checkout")
    monkeypatch.delenv("ADAPTIVE_SPACY_DATA", raising=False)
    return tmp_path / "checkout"


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_corpus_file_is_taken_from_the_folder_that_the_environment_names(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = write(checkout / "assets" / "raw" / "a" / "b.txt")
    assert corpus_file("a/b.txt") == raw
    named = write(tmp_path / "named" / "a" / "b.txt")
    monkeypatch.setenv("ADAPTIVE_SPACY_DATA", str(tmp_path / "named"))
    assert corpus_file("a/b.txt") == named
    assert corpus_file("a") == named.parent
    named.unlink()
    assert corpus_file("a/b.txt") == raw


def test_corpus_file_is_taken_from_a_folder_that_checkouts_share(checkout: Path) -> None:
    shared = write(checkout.parent / "shared" / "data" / "a" / "b.txt")
    assert corpus_file("a/b.txt") == shared
    raw = write(checkout / "assets" / "raw" / "a" / "b.txt")
    assert corpus_file("a/b.txt") == raw


def test_corpus_file_skips_a_test_without_it(checkout: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="needs a/b"):
        corpus_file("a/b.txt")


def divided(*args: str, plugins: tuple[str, ...] = ("xdist",), **given: object) -> tuple:
    """RETURNS (tuple): The number of processes and the division that a command line gets."""
    option = {"usepdb": False, "trace": False, "capture": "fd", "maxprocesses": None}
    option |= {"numprocesses": None, "dist": "no", "tx": []} | given
    manager = SimpleNamespace(hasplugin=lambda name: name in plugins)
    config = SimpleNamespace(
        args=list(args or ["tests"]), option=SimpleNamespace(**option), pluginmanager=manager
    )
    pytest_cmdline_main(config)
    return config.option.numprocesses, config.option.dist


def test_files_are_divided_among_the_cores() -> None:
    assert divided() == ("auto", "loadfile")
    assert divided("tests/ner", "tests/cli/test_group.py") == ("auto", "loadfile")
    assert divided("a/test_a.py::test_one", "a/test_b.py") == ("auto", "loadfile")


@pytest.mark.parametrize("file", ["tests/ner/test_tags.py", "tests/ner/test_tags.py::test_a[x]"])
def test_one_file_is_tested_in_this_process(file: str) -> None:
    assert divided(file) == (None, "no")
    assert divided(file, file) == (None, "no")


@pytest.mark.parametrize("given", [{"usepdb": True}, {"trace": True}, {"capture": "no"}])
def test_what_needs_the_terminal_runs_in_this_process(given: dict[str, object]) -> None:
    assert divided(**given) == (None, "no")


def test_what_the_command_line_says_of_processes_is_left_alone() -> None:
    assert divided(numprocesses=0) == (0, "no")
    assert divided(numprocesses=3, dist="worksteal") == (3, "worksteal")
    assert divided(dist="each", tx=["2*popen"]) == (None, "each")


@pytest.mark.parametrize(("whole", "order"), [(True, "bcbca"), (False, "abcbc")])
def test_slow_files_are_tested_first(whole: bool, order: str) -> None:
    skipped: list[int] = []
    items: Any = [
        SimpleNamespace(
            path=file,
            get_closest_marker=lambda name, is_slow=i in (1, 4): is_slow or None,
            add_marker=lambda marker, i=i: skipped.append(i),
        )
        for i, file in enumerate("abcbc")
    ]
    config: Any = SimpleNamespace(getoption=lambda name: whole)
    pytest_collection_modifyitems(config, items)
    assert [one.path for one in items] == list(order)
    assert skipped == ([] if whole else [1, 4])


def test_tests_run_without_xdist_too() -> None:
    assert divided(plugins=()) == (None, "no")


def test_each_process_computes_in_as_many_threads_as_the_environment_says() -> None:
    assert torch.get_num_threads() == int(os.environ["OMP_NUM_THREADS"])
