"""The training of crossfit on all labels, which ships."""

import json
import shutil
from pathlib import Path
from statistics import mean

import pytest

from tests.conftest import SENTENCES
from tests.experiments.conftest import HARD
from tests.experiments.crossfits import LEAST, docs_of, run


@pytest.fixture
def output(crossfitted: Path) -> Path:
    return crossfitted


def test_last_training_has_all_labels_and_twice_the_length_of_the_folds(output: Path) -> None:
    record = json.loads((output / "crossfit.json").read_text())
    lengths = [fold["epochs"] for fold in record["folds"]]
    assert record["epochs"] == pytest.approx(2 * mean(lengths))
    assert record["halved"] == []
    # each fold's length by its own log
    for fold, length in enumerate(lengths, 1):
        (log,) = (output / "folds").glob(f"fold-{fold}-*/history.jsonl")
        last = json.loads(log.read_text().splitlines()[-1])
        corpus = output / "folds" / "corpora" / f"fold-{fold}" / "train.spacy"
        batches = -(-len(docs_of(corpus)) // 4)
        assert length == last["step"] / batches
        assert last["step"] >= LEAST
    rows = [json.loads(line) for line in (output / "history.jsonl").read_text().splitlines()]
    # 13 sentences in batches of 4; the last whole round is evaluated
    assert 0 <= 4 * record["epochs"] - rows[-1]["step"] < 4
    assert max(row["rate"] for row in rows) == pytest.approx(2e-2)
    assert rows[-1]["phase"] == "cooldown"
    texts = [doc.text.strip() for doc in docs_of(output / "labelled.spacy")]
    assert texts == [text for text, _ in [*SENTENCES, *HARD, SENTENCES[0]]]


def test_run_from_when_the_last_training_was_another_one_keeps_its_folds(
    output: Path,
    labelled: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = Path(shutil.copytree(output, tmp_path / "few"))
    before = json.loads((copy / "crossfit.json").read_text())
    for place in ("courses", "fold_jobs"):
        monkeypatch.setattr(f"adaptive_spacy.experiments.{place}.LONGER", 1)
    monkeypatch.setattr("adaptive_spacy.experiments.local.LocalProcesses.start", None)
    result = run(labelled, copy, transformer_folder)
    assert result.exit_code == 0, result.output
    after = json.loads((copy / "crossfit.json").read_text())
    assert after["folds"] == before["folds"]
    assert after["epochs"] == before["epochs"] / 2
    assert len(after["history"]) < len(before["history"])


def test_last_training_halves_its_rate_where_most_folds_did(
    output: Path, labelled: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(output, tmp_path / "few"))
    before = json.loads((copy / "crossfit.json").read_text())
    (copy / "crossfit.json").unlink()
    for fold in (1, 3):
        (log,) = (copy / "folds").glob(f"fold-{fold}-*/history.jsonl")
        set_back(log, after=2)
    result = run(labelled, copy, transformer_folder)
    assert result.exit_code == 0, result.output
    assert "rate halved after 2.0 epochs, as in most of them" in " ".join(result.output.split())
    record = json.loads((copy / "crossfit.json").read_text())
    # what was taken back does not count
    assert record["epochs"] == pytest.approx(before["epochs"])
    assert [fold["halved"] for fold in record["folds"]] == [[2.0], [], [2.0]]
    assert record["halved"] == [2.0]
    rates, known = ([row["rate"] for row in made["history"]] for made in (record, before))
    # a row's rate is that of its last update
    assert rates[:3] == known[:3]
    assert rates[3:] == pytest.approx([rate / 2 for rate in known[3:]])
    meta = json.loads((copy / "model-last" / "meta.json").read_text())
    assert "halved where most of them were set back (after epoch 2.0)" in meta["notes"]
    assert meta["crossfit"]["halved"] == [2.0]


def set_back(log: Path, *, after: int) -> None:
    """Tell of a fold's training that it collapsed a round later, and went back."""
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    scores = [row["scores"]["ents_f"] for row in rows[: after + 1]]
    assert scores[-1] == max(scores), "where it went back to"
    fallen = rows[after + 1]
    fallen = {**fallen, "scores": {**fallen["scores"], "ents_f": 0.0}}
    later = [
        {**row, "step": row["step"] + row["steps_per_round"], "setbacks": 1}
        for row in rows[after + 1 :]
    ]
    log.write_text("\n".join(map(json.dumps, [*rows[: after + 1], fallen, *later])))
