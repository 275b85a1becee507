"""No command writes over what it reads, however the two are spelt."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.files import require_other
from tests.conftest import ROOT

# each command with OUT where it writes and IN where it reads the same; other files are there, and
# what they hold does not matter: nothing is read before
COMMANDS: dict[str, list[list[str]]] = {
    "model": [["IN", "OUT"]],
    "convert": [
        ["IN", "OUT"],
        ["train=IN", "dev=other", "OUT"],
        ["name", "OUT", "--datasets", "IN"],
        ["name", "OUT", "--datasets", "other", "--raw", "IN"],
    ],
    "export": [["IN", "OUT"]],
    "stats": [["IN", "--output", "OUT"], ["other", "train=IN", "--output", "OUT"]],
    "configure": [
        ["IN", "OUT", "--corpus", "other"],
        ["other", "OUT", "--corpus", "IN"],
        ["other", "OUT", "--corpus", "other", "--datasets", "IN", "--dataset", "a"],
    ],
    "evaluate": [
        ["IN", "other", "--output", "OUT"],
        ["other", "IN", "--output", "OUT"],
        ["other", "other", "--output", "OUT", "--code", "IN"],
    ],
    "compare": [
        ["IN", "other", "--output", "OUT"],
        ["other", "IN", "--output", "OUT"],
        ["other", "other", "--corpus", "IN", "--output", "OUT"],
        ["other", "other", "--code", "IN", "--output", "OUT"],
    ],
    "suspects": [
        ["IN", "--output", "OUT"],
        ["other", "--corpus", "IN", "--output", "OUT"],
        ["other", "--next", "IN", "--output", "OUT"],
        ["other", "--code", "IN", "--output", "OUT"],
    ],
    "train": [["IN", "--output", "OUT"], ["other", "--output", "OUT", "--code", "IN"]],
    "plot": [["IN", "OUT"]],
    "package": [
        ["IN", "OUT", "--name", "a"],
        ["other", "OUT", "--name", "a", "--metrics", "IN"],
        ["other", "OUT", "--name", "a", "--transformer", "IN"],
        ["other", "OUT", "--name", "a", "--precision", "int8", "--corpus", "IN"],
        ["other", "OUT", "--name", "a", "--code", "IN"],
    ],
    "smoke-test": [
        ["IN", "--pipeline", "other", "--texts", "other", "--output", "OUT"],
        ["other", "--pipeline", "IN", "--texts", "other", "--output", "OUT"],
        ["other", "--pipeline", "other", "--texts", "IN", "--output", "OUT"],
        [*("other", "--pipeline", "other", "--texts", "other"), "--code", "IN", "--output", "OUT"],
    ],
    "crossfit": [
        ["IN", "--output", "OUT"],
        ["other", "--output", "OUT", "--config", "IN"],
        ["other", "--output", "OUT", "--test", "IN"],
    ],
    "sweep": [["IN", "--output", "OUT"]],
    "report": [["IN", "--output", "OUT"]],
    "refit": [
        ["IN", "--output", "OUT"],
        ["other", "--output", "OUT", "--test", "IN"],
        ["other", "--output", "OUT", "--code", "IN"],
    ],
}
#: `init --force` replaces a config in place, which loses nothing: a second one changes nothing
IN_PLACE = {"init"}
#: They write nothing that anyone names
WITHOUT_OUTPUT = {"check", "watch"}


def test_the_table_has_every_command() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert commands == {*COMMANDS, *IN_PLACE, *WITHOUT_OUTPUT}


def spellings(path: Path) -> Iterator[str]:
    """Ways to write the path of a file in the current folder, and a link to it."""
    yield str(path)
    yield os.path.join("..", path.parent.name, path.name)
    link = path.with_name("link")
    link.symlink_to(path)
    yield link.name


@pytest.mark.parametrize(
    ("command", "arguments"), [(name, one) for name, rows in COMMANDS.items() for one in rows]
)
def test_what_is_read_is_not_written_to(
    command: str, arguments: list[str], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("both.spacy", "other"):
        (tmp_path / name).write_text(f"what {name} holds")
    for output in spellings(tmp_path / "both.spacy"):
        said = [one.replace("IN", "both.spacy").replace("OUT", output) for one in arguments]
        done = CliRunner().invoke(app, [command, *said])
        expected = f"✘ {output}: expected another place to write to than both.spacy, which is read"
        assert (done.exit_code, done.output) == (1, f"{expected}\n")
    assert (tmp_path / "both.spacy").read_text() == "what both.spacy holds"
    assert {one.name for one in tmp_path.iterdir()} == {"both.spacy", "other", "link"}


@pytest.mark.parametrize(
    ("command", "arguments"), [(name, rows[0]) for name, rows in COMMANDS.items()]
)
def test_place_that_cannot_be_written_to_is_found_before_the_work(
    command: str, arguments: list[str], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("both.spacy", "other"):
        (tmp_path / name).write_text("no corpus, pipeline or config")
    for output, expected in (
        (tmp_path / "other" / "new" / "out", f"{tmp_path / 'other'} is a file"),
        (tmp_path / "new" / "out", f"{tmp_path} is none for this user"),
    ):
        said = [one.replace("IN", "both.spacy").replace("OUT", str(output)) for one in arguments]
        with monkeypatch.context() as patch:
            patch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
            done = CliRunner().invoke(app, [command, *said])
        assert (done.exit_code, done.output) == (
            1,
            f"✘ {output}: expected a place to write to, {expected}\n",
        )
    assert list_names(tmp_path) == ["both.spacy", "other"]


def test_folder_of_ones_own_may_be_in_one_of_others(tmp_path: Path, monkeypatch) -> None:
    """As what is mounted into a container; and a device is in none that anyone may write to."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name == "mine")
    for path in (tmp_path / "mine", tmp_path / "mine" / "new" / "out", Path(os.devnull)):
        require_other(path, [])
    for path in (tmp_path / "file", tmp_path / "new", Path("/")):
        with pytest.raises(ValueError, match="is none for this user"):
            require_other(path, [])


def test_a_file_of_a_folder_that_is_read_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    kept = tmp_path / "corpus" / "train.spacy"
    kept.touch()
    (tmp_path / "link").symlink_to(tmp_path / "corpus")
    for output in (kept, tmp_path / "link" / "train.spacy"):
        with pytest.raises(
            ValueError, match=r"expected a place outside of .*corpus, which is read"
        ):
            require_other(output, [tmp_path / "corpus"])
    # what is new there, or a folder there, as RUNS/report, loses nothing
    require_other(tmp_path / "corpus" / "scores.json", [tmp_path / "corpus"])
    (tmp_path / "corpus" / "report").mkdir()
    require_other(tmp_path / "corpus" / "report", [tmp_path / "corpus"])


def test_other_spellings_of_one_name_are_the_same_where_the_system_says_so(
    tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "corpus.spacy").touch()
    (tmp_path / "CORPUS.spacy").touch()
    # on this system they are two
    require_other(tmp_path / "CORPUS.spacy", [tmp_path / "corpus.spacy"])
    assert list_names(tmp_path) == ["CORPUS.spacy", "corpus.spacy"]

    def samefile(self: Path, other: Any) -> bool:
        return str(self).lower() == str(other).lower()

    monkeypatch.setattr(Path, "samefile", samefile)
    with pytest.raises(ValueError, match="expected another place"):
        require_other(tmp_path / "CORPUS.spacy", [tmp_path / "corpus.spacy"])


def list_names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_nothing_is_refused_where_nothing_is_written_or_there(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert require_other(None, [tmp_path / "a"]) is None
    assert require_other(tmp_path / "b", [tmp_path / "b", None, "", "en_some_package"]) is None


def test_init_replaces_in_place_only_by_force(tmp_path: Path) -> None:
    config = tmp_path / "a.cfg"
    text = (ROOT / "configs" / "ner.cfg").read_text()
    config.write_text(text)
    done = CliRunner().invoke(app, ["init", str(config), str(config)])
    assert (done.exit_code, config.read_text()) == (1, text)
    assert done.stderr == f"✘ {config}: exists already; --force replaces it\n"
    done = CliRunner().invoke(app, ["init", str(config), str(config), "--force"])
    assert done.exit_code == 0
    assert "adaptive_spacy.adaptive.v1" in config.read_text()


def test_what_cannot_be_a_file_is_passed_over(tmp_path: Path) -> None:
    require_other(tmp_path, [None, "", "x" * 300, "no-such-package"])
    with pytest.raises(ValueError, match="expected another place to write to"):
        require_other(tmp_path, ["x" * 300, tmp_path])
