"""Labelled sentences as the axis of a grid."""

from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from adaptive_spacy.experiments.budget import count_pool, draw_labels
from adaptive_spacy.experiments.cost import epochs_per_round, expect, fewest_epochs
from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.run_job import run_job
from adaptive_spacy.experiments.runner import check_jobs
from adaptive_spacy.experiments.schema import check_record
from tests.conftest import write_corpus
from tests.report.records import make_record

VOCAB = spacy.blank("xx").vocab
TYPES = ("PER", "LOC", "ORG", "MISC")


@pytest.fixture(autouse=True)
def _in_root(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(request.config.rootpath)


@pytest.fixture(scope="module")
def pool_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 different sentences in train, 40 in dev; each has an entity of one of four types."""
    folder = tmp_path_factory.mktemp("pool")
    made = [(f"sentence number {i}", f"O O B-{TYPES[i % 4]}") for i in range(121)]
    write_corpus(folder / "train.spacy", made[:80])
    write_corpus(folder / "dev.spacy", made[80:120])
    write_corpus(folder / "test.spacy", made[120:])
    return folder


@pytest.fixture
def job(grid: Grid, pool_folder: Path) -> Job:
    job = next(grid.jobs())
    return replace(job, corpus=str(pool_folder), fraction=1.0, labels=40, dev=0.2)


def draw(job: Job, folder: Path) -> dict[str, list[Doc]]:
    folder.mkdir()
    files = draw_labels(job, job.files(), folder)
    return {
        split: list(spacy.tokens.DocBin().from_disk(path).get_docs(VOCAB))
        for split, path in files.items()
    }


def texts(docs: list[Doc]) -> list[str]:
    return [doc.text for doc in docs]


def test_a_sample_of_both_files_is_divided_by_types(job: Job, tmp_path: Path) -> None:
    drawn = draw(job, tmp_path / "a")
    train, dev = texts(drawn["train"]), texts(drawn["dev"])
    assert (len(train), len(dev), len({*train, *dev})) == (32, 8, 40)
    numbers = [int(text.split()[-1]) for text in (*train, *dev)]
    assert any(n < 80 for n in numbers)
    assert any(80 <= n < 120 for n in numbers)
    # each type is in both, and its share of dev is a fifth as near as whole sentences go
    for label in TYPES:
        counts = {
            split: sum(doc.ents[0].label_ == label for doc in docs) for split, docs in drawn.items()
        }
        assert counts["dev"] >= 1
        assert abs(counts["dev"] - 0.2 * sum(counts.values())) <= 1, (label, counts)


def test_each_seed_has_its_own_sample_and_small_ones_lie_in_large_ones(
    job: Job, tmp_path: Path
) -> None:
    samples = {}
    for seed in (1, 2):
        for labels in (20, 40):
            drawn = draw(replace(job, seed=seed, labels=labels), tmp_path / f"{seed}-{labels}")
            samples[seed, labels] = {*texts(drawn["train"]), *texts(drawn["dev"])}
    assert samples[1, 20] < samples[1, 40]
    assert samples[2, 20] < samples[2, 40]
    # of 120 sentences two samples of 40 share 13 by chance
    assert len(samples[1, 40] & samples[2, 40]) < 30
    again = draw(job, tmp_path / "again")
    assert {*texts(again["train"]), *texts(again["dev"])} == samples[1, 40]


def test_who_needs_no_dev_set_learns_from_all(job: Job, tmp_path: Path) -> None:
    divided = draw(job, tmp_path / "divided")
    whole = draw(replace(job, train_on_dev=True), tmp_path / "whole")
    assert {*texts(whole["train"])} == {*texts(divided["train"]), *texts(divided["dev"])}
    assert len(whole["train"]) == 40
    assert texts(whole["dev"]) == texts(divided["dev"])


def test_too_many_labels_are_refused_before_anything_runs(job: Job) -> None:
    assert count_pool(job) == 120
    check_jobs([replace(job, labels=120)])
    with pytest.raises(ValueError, match=r"at most the 120 sentences .* datasets.little, got 121"):
        check_jobs([replace(job, labels=120), replace(job, labels=121)])


def test_labels_are_part_of_what_a_job_is(job: Job) -> None:
    shares = replace(job, labels=None, dev=None)
    assert {"labels", "dev"} & shares.definition().keys() == set()
    others = [shares, job, replace(job, labels=41), replace(job, dev=0.3), replace(job, seed=2)]
    assert len({one.identity() for one in others}) == len(others)
    assert job.name == "little-tiny-40-adaptive-1"
    assert job.cell == ("little", "tiny", 40)


def test_cost_counts_what_is_labelled(job: Job) -> None:
    sizes = {"train": 800.0, "dev": 400.0, "test": 10.0}
    divided, whole = (expect(replace(job, train_on_dev=one), sizes) for one in (False, True))
    assert divided.updates == pytest.approx(divided.epochs * 320)
    assert divided.evaluations == pytest.approx(20 * 80 + 30)
    assert whole.updates == pytest.approx(whole.epochs * 400)


def test_cost_of_rounds_that_are_bounded_in_updates(job: Job) -> None:
    settings = {"training.max_steps.least": 10}
    long = replace(job, config="configs/stable.cfg", settings=settings, train_on_dev=True)
    # 40 sentences in batches of 16 are 3 updates, 20 rounds of 10 are 67 epochs of 3
    assert expect(long, dict.fromkeys(("train", "dev", "test"), 1.0)).epochs == pytest.approx(
        20 * 10 / 3
    )
    # where the schedule decides, 200 updates at least, of which 32 sentences are 2
    found = replace(job, config="configs/adaptive.cfg", settings={})
    assert expect(found, dict.fromkeys(("train", "dev", "test"), 1.0)).epochs == pytest.approx(100)
    # or 20 rounds of 8
    short = replace(found, settings={"training.optimizer.learn_rate.least": 20})
    assert expect(short, dict.fromkeys(("train", "dev", "test"), 1.0)).epochs == pytest.approx(80)
    # spaCy's ner waits two rounds longer
    patient = replace(found, config="configs/ner.cfg")
    rounds = [fewest_epochs(one) / epochs_per_round(one) for one in (found, patient)]
    assert rounds == pytest.approx([25, 27])
    # a record of more sentences does not make it shorter
    quick = replace(found, labels=100)
    other = make_record(quick, 0.5, epochs=9)
    assert expect(found, dict.fromkeys(("train", "dev", "test"), 1.0), [other]).epochs >= 100
    # each fold too: half of 40 sentences are 2 updates; the last training is twice as long
    folded = replace(found, folds=2)
    cost = expect(folded, {"train": 80.0, "dev": 40.0, "test": 0.0})
    assert cost.updates == pytest.approx(3 * 100 * 40)
    # two thirds of 72 are 48, 3 updates
    thirds = replace(folded, folds=3, labels=72)
    cost = expect(thirds, {"train": 80.0, "dev": 40.0, "test": 0.0})
    assert cost.epochs == pytest.approx(25 * 8 / 3)
    # what records tell is of the last training, on all, for twice as long
    longer = {**make_record(folded, 0.5, epochs=120), "definition": {"longer": 2}}
    known = expect(folded, {"train": 80.0, "dev": 40.0, "test": 0.0}, [longer])
    assert known.epochs == pytest.approx(60 * 8 / 3)
    # evaluated once in each of its 20 rounds, not once in each epoch
    rounds = replace(long, settings={**settings, "training.eval_frequency.least": 10})
    sizes = {"train": 1.0, "dev": 1.0, "test": 0.0}
    epochs = expect(long, sizes).evaluations / expect(rounds, sizes).evaluations
    assert epochs == pytest.approx(10 / 3)
    whole = replace(long, labels=120)
    assert expect(whole, dict.fromkeys(("train", "dev", "test"), 1.0)).epochs == pytest.approx(25)


def test_record_says_what_was_labelled_and_what_each_sentence_got(
    job: Job, experiment_corpus: Path, tmp_path: Path
) -> None:
    job = replace(job, corpus=str(experiment_corpus), labels=20)
    record = run_job(job, tmp_path)
    assert record["status"] == "done", record["reason"]
    check_record(record)
    data = record["data"]
    assert {split: counts["sentences"] for split, counts in data.items()} == {
        "train": 16, "dev": 4, "labelled": 20, "test": 12,
    }  # fmt: skip
    assert data["labelled"]["tokens"] == data["train"]["tokens"] + data["dev"]["tokens"]
    sentences = record["sentences"]
    steps = {str(one["step"]) for one in record["results"].values()}
    assert sentences["checkpoints"].keys() == steps
    for result in record["results"].values():
        counts = sentences["checkpoints"][str(result["step"])]
        assert {len(row) for row in counts.values()} == {12}
        tp, fp, fn = (sum(counts[key]) for key in ("tp", "fp", "fn"))
        assert result["test"]["f1"] == pytest.approx(2 * tp / (2 * tp + fp + fn) if tp else 0)
        loss = sum(counts["loss"]) / sum(sentences["tokens"])
        assert result["test"]["loss"] == pytest.approx(loss, abs=1e-4)
    # there is something to count
    assert sum(sentences["checkpoints"][steps.pop()]["fn"]) > 0 or tp > 0
