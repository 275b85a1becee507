"""Damage of a pipeline's files is found when it is loaded."""

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.util import load_config
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.config import checksums
from adaptive_spacy.config.checksums import (
    CHECKSUMS,
    EDITED,
    comparing,
    require_unchanged,
    seal,
)
from adaptive_spacy.config.loading import load_pipeline
from adaptive_spacy.training.checkpoints import write_whole
from tests.conftest import ROOT
from tests.tiers import sliced


@pytest.fixture(scope="module")
def saved(
    tmp_path_factory: pytest.TempPathFactory, corpus_folder: Path, transformer_folder: Path
) -> Path:
    """A pipeline as a training writes it."""
    overrides = {
        "paths.train": str(corpus_folder / "train.spacy"),
        "paths.dev": str(corpus_folder / "dev.spacy"),
        "variables.transformer": str(transformer_folder),
    }
    nlp = init_nlp(load_config(ROOT / "configs" / "adaptive.cfg", overrides=overrides))
    folder = tmp_path_factory.mktemp("saved") / "model-last"
    write_whole(nlp, folder, performance={})
    return folder


def flip(path: Path) -> None:
    """Change a bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    """Cut off the last byte of a file."""
    path.write_bytes(path.read_bytes()[:-1])


def names(folder: Path) -> list[str]:
    """RETURNS (list[str]): All files of a folder."""
    found = (one.relative_to(folder) for one in folder.rglob("*") if one.is_file())
    return sorted(one.as_posix() for one in found)


def attempt(load: Callable[[Path], object], folder: Path) -> str:
    """RETURNS (str): What loading a pipeline led to: "refused", "warned" or "nothing"."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            load(folder)
        except Exception:
            return "refused"
    told = [one for one in caught if "changed since the pipeline was written" in str(one.message)]
    return "warned" if told else "nothing"


@pytest.mark.parametrize("damage", sliced([flip], of=[flip, cut, Path.unlink]))
def test_damage_of_any_file_is_found(
    damage: Callable[[Path], None], saved: Path, tmp_path: Path
) -> None:
    assert {"transformer/model", "transformer_ner/model", "tokenizer", "vocab/strings.json"} < {
        *names(saved)
    }
    found, lines = {}, {}
    for name in names(saved):
        folder = Path(shutil.copytree(saved, tmp_path / "copy"))
        damage(folder / name)
        # spaCy may stumble first; what it reads without a word is found by the component
        found[name] = attempt(spacy.load, folder)
        if name not in (*EDITED, CHECKSUMS):
            with pytest.raises(ValueError, match=f"{name}: not what was written") as caught:
                load_pipeline(folder)
            lines[name] = str(caught.value)
        shutil.rmtree(folder)
    silent = [name for name, what in found.items() if what == "nothing"]
    # without checksums it is as a pipeline of another program
    assert silent == ([CHECKSUMS] if damage is Path.unlink else [])
    assert {name for name, what in found.items() if what == "warned"} <= {*EDITED}
    assert len(lines) == len(found) - 3
    assert not any("\n" in line for line in lines.values())


def test_whole_pipeline_loads_without_a_word(saved: Path) -> None:
    assert attempt(spacy.load, saved) == attempt(load_pipeline, saved) == "nothing"


def test_files_are_read_once_for_their_checksums(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def note(path: Path) -> str | None:
        read.append(path.relative_to(saved).as_posix())
        return compute(path)

    compute = checksums._hash
    monkeypatch.setattr(checksums, "_hash", note)
    every = [name for name in names(saved) if name != CHECKSUMS]
    load_pipeline(saved)
    assert sorted(read) == every
    # by our component alone, and again once the command has loaded its pipeline
    read.clear()
    spacy.load(saved)
    assert sorted(read) == every
    read.clear()
    with pytest.raises(RuntimeError), comparing(saved):
        raise RuntimeError
    require_unchanged(saved)
    assert sorted(read) == sorted([*every, *every])


def test_another_pipeline_is_compared_meanwhile(saved: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "copy"))
    flip(folder / "transformer" / "model")
    with comparing(saved), pytest.raises(ValueError, match="not what was written"):
        require_unchanged(folder)


def test_command_refuses_in_one_line(saved: Path, corpus_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "copy"))
    flip(folder / "transformer" / "model")
    result = CliRunner().invoke(app, ["evaluate", str(folder), str(corpus_folder / "dev.spacy")])
    assert result.exit_code == 1
    assert "transformer/model: not what was written, as checksums.json tells" in result.output
    assert len(result.output.splitlines()) == 1


def test_what_people_edit_is_told_once(saved: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "copy"))
    (folder / "meta.json").write_text((folder / "meta.json").read_text() + "\n")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        load_pipeline(folder)
    told = [str(one.message) for one in caught if "meta.json: changed since" in str(one.message)]
    assert len(told) == 1


def test_what_spacy_writes_over_it_has_no_checksums(saved: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "copy"))
    nlp = spacy.load(folder)
    nlp.get_pipe("transformer_ner").cfg["temperature"] = 2.0
    nlp.to_disk(folder)
    assert not (folder / CHECKSUMS).exists()
    assert attempt(spacy.load, folder) == "nothing"


def test_what_spacy_writes_over_one_without_our_components_is_no_damage(
    saved: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "copy"))
    nlp = load_pipeline(folder)
    nlp.remove_pipe("transformer_ner")
    # as of a pipeline of ner.cfg, whose components are spaCy's own
    nlp.remove_pipe("transformer_cleaner")
    nlp.tokenizer.add_special_case("gimme", [{"ORTH": "gim"}, {"ORTH": "me"}])
    nlp.to_disk(folder)
    assert (folder / CHECKSUMS).exists()
    assert attempt(load_pipeline, folder) == "nothing"
    # as `spacy package` writes it into a pipeline, of whose other files all is known
    packaged = Path(shutil.copytree(saved, tmp_path / "packaged"))
    text = (packaged / "meta.json").read_text()
    (packaged / "meta.json").write_text(json.dumps(json.loads(text), indent=2))
    assert attempt(spacy.load, packaged) == "nothing"
    flip(packaged / "transformer" / "model")
    assert attempt(spacy.load, packaged) == "refused"
    # what is edited or cut in place is told as before
    seal(folder)
    meta = (folder / "meta.json").read_bytes()
    (folder / "meta.json").write_bytes(meta.replace(b'"version":"', b'"version":"1'))
    assert attempt(load_pipeline, folder) == "warned"
    flip(folder / "tokenizer")
    assert attempt(load_pipeline, folder) == "refused"


def test_file_of_that_name_that_others_made_is_left(saved: Path, tmp_path: Path) -> None:
    ner = spacy.load(saved).get_pipe("transformer_ner")
    for text in ('{"a": "b"}', "no JSON"):
        (tmp_path / CHECKSUMS).write_text(text)
        ner.to_disk(tmp_path / "ner")
        assert (tmp_path / CHECKSUMS).read_text() == text
    (tmp_path / CHECKSUMS).write_text('{"a": "b"}')
    require_unchanged(tmp_path)
    (tmp_path / CHECKSUMS).write_text("no JSON")
    with pytest.raises(ValueError, match="expected the checksums of a pipeline"):
        require_unchanged(tmp_path)


def test_sealed_again_it_is_what_it_is_now(saved: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "copy"))
    cut(folder / "tokenizer")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r": tokenizer: not what was written"):
        require_unchanged(folder)
    seal(folder)
    require_unchanged(folder)
    (folder / "later.txt").write_text("nothing is known of it")
    require_unchanged(folder)
