"""An earlier run's output, which is whole until that of another run takes its place."""

import json
import shutil
from pathlib import Path

import pytest
import spacy
from spacy.util import load_config

from adaptive_spacy.experiments import crossfit as crossfit_module
from adaptive_spacy.experiments import shipping
from adaptive_spacy.experiments.predictions import read_held_out
from adaptive_spacy.training.known_texts import count_learnt
from tests.conftest import NOISE, SENTENCES, write_corpus
from tests.experiments.conftest import HARD
from tests.experiments.crossfits import docs_of, run
from tests.training.resume.trainings import Stop, break_off, files

#: What is of one run: all but the folder in which another one works
WORK = ("folds", "unfinished")


def left(output: Path) -> dict[str, bytes]:
    """RETURNS (dict): What a run left, by its place."""
    found = files(output)
    return {name: content for name, content in found.items() if Path(name).parts[0] not in WORK}


def learnt_from(output: Path) -> str:
    return str(load_config(output / "model-last" / "config.cfg")["corpora"]["train"]["path"])


def test_crossfit_of_other_labels_changes_nothing_before_its_end(
    crossfitted: Path, transformer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Path(shutil.copytree(crossfitted, tmp_path / "few"))
    before = left(output)
    assert {"crossfit.json", "labelled.spacy", "out-of-fold.spacy", "config.cfg"} <= before.keys()
    other = write_corpus(tmp_path / "other.spacy", [*SENTENCES, *HARD, *NOISE[:2]])

    def stop(*args: object, **kwargs: object) -> None:
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(crossfit_module, "join_folds", stop)
        with pytest.raises(Stop):
            run(other, output, transformer_folder)
    assert left(output) == before
    with monkeypatch.context() as patch:
        steps = break_off(patch, at=4)
        with pytest.raises(Stop):
            run(other, output, transformer_folder)
    assert left(output) == before
    # which tells of itself what it told
    examples = read_held_out(output).examples
    assert len(examples) == len(docs_of(crossfitted / "labelled.spacy"))
    # what is put in place is of both for a moment: no record says what to expect of it
    for name in ("seal", "link_folder"):
        with monkeypatch.context() as patch:
            patch.setattr(shipping, name, stop)
            with pytest.raises(Stop):
                run(other, output, transformer_folder)
        assert not (output / "crossfit.json").exists()
        assert files(output / "model-last") == files(crossfitted / "model-last")
    with monkeypatch.context() as patch:
        again = break_off(patch, at=0)
        result = run(other, output, transformer_folder)
    assert result.exit_code == 0, result.output
    # it went on where the last one was saved
    assert all(step > steps[-1] for step in again)
    assert len(docs_of(output / "labelled.spacy")) == len(docs_of(other))
    assert learnt_from(output) == str((output / "labelled.spacy").resolve())
    assert load_config(output / "config.cfg")["corpora"]["train"]["path"] == learnt_from(output)
    held_out = [eg.reference for eg in read_held_out(output).examples]
    assert count_learnt(output / "model-last", held_out) == len(docs_of(other))
    assert json.loads((output / "crossfit.json").read_text())["labelled"] == len(docs_of(other))
    assert spacy.load(output / "model-last").meta["crossfit"]["labelled"] == len(docs_of(other))
    assert not (output / "unfinished").exists()
