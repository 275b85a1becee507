"""What `crossfit --dry-run` says of its cost."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, Span

from adaptive_spacy.experiments.crossfit_cost import BESIDE_FIXED, GAINS, describe_cost
from adaptive_spacy.experiments.folds import assign_folds
from tests.conftest import ROOT, write_corpus
from tests.experiments.crossfits import FOLDS, LEAST, docs_of, run

#: Labels with which a fixed length was better
BELOW = [str(labels) for labels, gain in BESIDE_FIXED.items() if gain < 0]


def test_dry_run_says_what_it_costs(
    tmp_path: Path, labelled: Path, transformer_folder: Path
) -> None:
    result = run(labelled, tmp_path / "few", transformer_folder, "--dry-run")
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "few").exists()
    tokens = sum(map(len, docs_of(labelled)))
    # three times two thirds, and all of them twice as often
    assert f"{4 * tokens:,} tokens per epoch, 6.0 times as many" in result.output
    gains = ", ".join(f"{gain:+.1f}" for gain in GAINS.values())
    assert f"over the single training {gains} F1 with 25, 50, 100, 200, " in result.output
    assert f"with {' and '.join(BELOW)} labels it pays only for what folds let" in result.output
    assert f"More than {max(GAINS)} labels" not in result.output
    assert f"{FOLDS} folds were not tried." in result.output
    assert f", as it makes {LEAST} updates at least; " in result.output
    least = "--training.optimizer.learn_rate.least"
    result = run(labelled, tmp_path / "few", transformer_folder, "--dry-run", least, "0")
    assert result.exit_code == 0, result.output
    assert "updates at least" not in result.output
    # two thirds of the labels are three batches of the config, of which 134 rounds make 400 updates
    result = run(labelled, tmp_path / "few", transformer_folder, "--dry-run", least, "400")
    assert "takes 134 or more rounds, of 1.0 epochs" in result.output
    needed = f"{134 * 4 * tokens / 1e6:.2g} or more million"
    assert f"updates at least; all together {needed} token updates" in result.output


def test_dry_run_foresees_that_limits_are_too_low(
    tmp_path: Path, labelled: Path, transformer_folder: Path
) -> None:
    limit = ("--training.max_epochs", "2")
    result = run(labelled, tmp_path / "few", transformer_folder, "--dry-run", *limit)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "It would be refused: [training] max_epochs: expected at least 11, got 2: " in said
    enough = ("--training.max_epochs", "15")
    result = run(labelled, tmp_path / "few", transformer_folder, "--dry-run", *enough)
    assert "refused" not in result.output


def test_dry_run_divides_as_the_run_would(tmp_path: Path, transformer_folder: Path) -> None:
    # two types of two texts each, which only some seeds spread over three folds
    texts = [
        ("Rome 1", "B-LOC O"),
        ("Oslo 2", "B-LOC O"),
        ("Lee 3", "B-PER O"),
        ("Ada 4", "B-PER O"),
    ]
    path = write_corpus(tmp_path / "few.spacy", [*texts, ("it rains", "O O")])
    docs, found = docs_of(path), set()
    for seed in range(6):
        result = run(path, tmp_path / "few", transformer_folder, "--dry-run", "--seed", str(seed))
        assert result.exit_code == 0, result.output
        folds = len(set(assign_folds(docs, FOLDS, seed)))
        found.add(folds)
        assert result.output.startswith(f"{folds} adaptive trainings")
    assert found == {2, 3}


@pytest.mark.parametrize(
    ("count", "folds", "bounds", "said", "million"),
    [
        # 80 sentences are 5 updates, and 200 of these 40 epochs of five trainings
        (100, 5, {}, "25 or more rounds, of 1.6 epochs", "0.12 or more"),
        # 144 are 9, of which 23 rounds make 200
        (216, 3, {}, "23 to 25 rounds, of 1.0 epochs", "0.099 to 0.11"),
        # 240 are 15
        (280, 7, {}, "14 to 25 rounds, of 1.0 epochs", "0.16 to 0.28"),
        # of 216 a fold evaluates 72, 5 batches, which are worth an update each third of them: a
        # round has 2 of 9, and 200 are 100
        (216, 3, {"least": 1, "most": 1}, "100 or more rounds, of 0.2 epochs", "0.096 or more"),
    ],
)
def test_dry_run_counts_whole_batches(
    count: int,
    folds: int,
    bounds: dict[str, int],
    said: str,
    million: str,
    transformer_folder: Path,
) -> None:
    vocab = spacy.blank("xx").vocab
    docs = [Doc(vocab, [str(i), *["in", "Rome", "as", "ever"]]) for i in range(count)]
    for doc in docs:
        doc.ents = [Span(doc, 2, 3, "LOC")]
    given = {f"training.eval_frequency.{name}": bound for name, bound in bounds.items()}
    settings = {"variables.transformer": str(transformer_folder), **given}
    config = ROOT / "configs" / "adaptive.cfg"
    text = describe_cost(docs, folds, config=config, settings=settings)
    assert f"takes {said}" in text
    assert f"all together {million} million token updates" in text
