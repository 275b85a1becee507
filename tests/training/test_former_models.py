"""What a former training left in the output folder."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from thinc.api import Config

from adaptive_spacy.training.former_models import best_score, drop_beaten, keep_former
from adaptive_spacy.training.history import HISTORY
from tests.util import scripted_config


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder, whose best score is 0.9."""
    config = scripted_config(
        tmp_path,
        [0.0, 0.9, 0.5, 0.5, 0.5],
        training__score_weights={"scripted": 1.0, "cats_score": None},
        training__logger={"@loggers": "adaptive_spacy.Logger.v1"},
    )
    folder = tmp_path / "out"
    folder.mkdir()
    train(init_nlp(config), folder)
    return folder


def state_scores(folder: Path, scores: Any) -> None:
    """Have the models of a training state other scores."""
    for model in ("model-best", "model-last"):
        meta = folder / model / "meta.json"
        text = json.dumps(json.loads(meta.read_text()) | {"performance": scores})
        # not into the file that a copy shares
        meta.unlink()
        meta.write_text(text)


def test_nothing_is_kept_of_nothing(tmp_path: Path) -> None:
    assert keep_former(tmp_path / "out") is None
    assert not (tmp_path / "out").exists()


def test_former_models_are_kept_once(output: Path) -> None:
    kept = keep_former(output)
    assert kept == output / "former"
    assert sorted(one.name for one in kept.iterdir()) == [HISTORY, "model-best", "model-last"]
    assert best_score(kept) == 0.9
    # broken off before the first model of its own, and started again
    assert keep_former(output) == kept
    assert len(list(output.glob("former*"))) == 1
    assert (kept / "model-best" / "meta.json").samefile(output / "model-best" / "meta.json")


def test_only_a_better_model_takes_their_place(output: Path) -> None:
    kept = keep_former(output)
    assert kept is not None
    assert drop_beaten(output, 0.9) == []
    assert kept.is_dir()
    assert drop_beaten(output, 0.91) == [kept]
    assert not kept.exists()


@pytest.mark.parametrize("what", ["score", "measure"])
def test_what_cannot_be_compared_is_kept_for_good(output: Path, what: str) -> None:
    kept = keep_former(output)
    assert kept is not None
    if what == "score":
        (kept / HISTORY).unlink()
        state_scores(kept, {})
    else:
        for model in ("model-best", "model-last"):
            config = output / model / "config.cfg"
            text = config.read_text().replace("scripted = 1.0", "scripted = 0.5")
            config.unlink()
            config.write_text(text)
    assert drop_beaten(output, 1.0) == []
    assert (kept / "model-best").is_dir()


def test_model_whose_evaluation_was_not_written_down_is_judged_by_what_it_states(
    output: Path,
) -> None:
    """As of a training that was killed between the two: it is neither dropped for a worse one nor
    kept beside a better one."""
    rows = (output / HISTORY).read_text().splitlines(keepends=True)
    for known in ([], rows[:1], [rows[0], rows[1][:40]]):
        (output / HISTORY).write_text("".join(known))
        kept = keep_former(output)
        assert kept is not None
        assert best_score(kept) == 0.9
        assert drop_beaten(output, 0.8) == []
        assert drop_beaten(output, 0.95) == [kept]


@pytest.mark.parametrize(
    "stated", [{}, {"scripted": None}, {"scripted": "0.9"}, {"scripted": float("nan")}, [0.9], None]
)
def test_last_line_that_was_cut_off_leaves_the_others(output: Path, stated: Any) -> None:
    state_scores(output, stated)
    rows = (output / HISTORY).read_text()
    (output / HISTORY).write_text(rows[:-40])
    assert best_score(output) == 0.9
    (output / HISTORY).unlink()
    assert best_score(output) is None


def test_copies_of_others_are_never_removed(output: Path) -> None:
    kept = keep_former(output)
    assert kept is not None
    mine = [Path(shutil.copytree(kept, output / name)) for name in ("former-good", "formerly")]
    assert drop_beaten(output, 0.95) == [kept]
    assert all(best_score(one) == 0.9 for one in mine)
    assert keep_former(output) == kept


def test_scores_of_a_dev_set_that_was_changed_are_not_compared(output: Path) -> None:
    """Not of one that stands where it stood, as `convert` writes it into the same folder again."""
    dev = output.parent / "dev.spacy"
    dev.write_text("first")
    for model in ("model-best", "model-last"):
        path = output / model / "config.cfg"
        config = Config().from_disk(path)
        config["corpora"]["dev"] = {"@readers": "spacy.Corpus.v1", "path": str(dev)}
        config["training"]["dev_corpus"] = "corpora.dev"
        config.to_disk(path)
        meta = output / model / "meta.json"
        meta.write_text(meta.read_text())
    kept = keep_former(output)
    assert kept is not None
    later = dev.stat().st_mtime + 10
    dev.write_text("second")
    os.utime(dev, (later, later))
    assert drop_beaten(output, 0.95) == []
    # nor is a second training in its place, of which nobody knows whether it is better
    for model in ("model-best", "model-last"):
        path = output / model / "config.cfg"
        text = path.read_text()
        path.unlink()
        path.write_text(text)
    assert keep_former(output) == output / "former-2"
    assert kept.is_dir()
