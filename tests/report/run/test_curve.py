"""The learning curve on a training's page: made records, a real sweep, and a browser."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.hashing import hash_file
from adaptive_spacy.report.run.curve import describe_curve, describe_forecast, read_curve
from adaptive_spacy.report.run.page import write_run
from tests.conftest import NOISE, SENTENCES, write_corpus
from tests.experiments.sweeps import run
from tests.report.accessibility import find_barriers
from tests.report.browser import Browser
from tests.report.records import make_job, make_record, write_records
from tests.report.runs import write_training

FRACTIONS = {0.0625: 30, 0.125: 45, 0.25: 55, 0.5: 62, 1.0: 67}


def made(**changes: Any) -> list[dict[str, Any]]:
    """Three trainings of each of five sizes, the largest of 800 and 200 sentences."""
    found = []
    for fraction, f1 in FRACTIONS.items():
        for seed in (1, 2, 3):
            record = make_record(
                make_job("adaptive", seed, fraction, **changes), f1 / 100 + seed / 200
            )
            data = {"train": 800, "dev": 200}
            record["data"] = {
                split: {"sentences": round(n * fraction), "tokens": 1000}
                for split, n in data.items()
            }
            found.append(record)
    return found


def report(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *map(str, arguments)])
    return result.exit_code, " ".join(result.output.split())


def test_page_has_the_curve_and_what_twice_the_labels_may_bring(tmp_path: Path) -> None:
    records = write_records(tmp_path / "runs", made())
    training = write_training(tmp_path / "mine")
    code, out = report(training, "--curve", records)
    assert code == 0
    assert "What twice the labels may bring: With twice the labels, 2,000 sentences, F1 " in out
    assert "beside 68.0 with 1,000" in out
    assert "15 trainings of 5 sizes says so (adaptive on news with tiny)" in out
    page = (training / "report.html").read_text(encoding="utf8")
    assert "What more labels may bring" in page
    assert '<tr><th scope="row">1,000</th><td>68.0</td><td>0.3</td><td>3</td></tr>' in page
    # and without the option nothing of it
    write_run(training)
    assert "What more labels may bring" not in (training / "report.html").read_text(encoding="utf8")


def test_numbers_of_labels_are_what_was_labelled(tmp_path: Path) -> None:
    found = [
        make_record(make_job("adaptive", seed, labels=labels, dev=0.2), labels / 400)
        for labels in (25, 50, 100)
        for seed in (1, 2)
    ]
    kind, curve, mixed = read_curve(write_records(tmp_path, found), None)
    assert mixed == []
    assert [one.sentences for one in curve.points] == [25, 50, 100]
    text = describe_forecast(kind, curve)
    assert text.startswith("What more labels would bring cannot be told: a curve needs 4 sizes")
    assert "configs/experiments/curve.yml" in text


def test_what_the_trainings_do_not_have_in_common_is_said(tmp_path: Path) -> None:
    found = made()
    for one in found:
        rate = 3e-4 if one["job"]["fraction"] == 1 else 1e-4
        one["definition"] = {"config": f"[variables]\nrate = {rate}\n", "transformer": "1"}
    found[0]["versions"] = {"spacy": "3.8.7"}
    found[1]["definition"]["transformer"] = "2"
    other = make_record(make_job("stable", 1), 0.5)
    other["definition"] = {"config": "[training]\nseed = 1\n", "data": {"train": "1"}}
    found.append(other)
    curve = read_curve(write_records(tmp_path, found), None)
    assert curve[2] == [
        "Mixed versions: spacy 3.8.18, 3.8.7.",
        "Mixed contents: not all runs had the same files of model tiny.",
        "Mixed settings: not all runs of adaptive had the same variables.rate.",
    ]
    assert describe_curve(*curve)["text"].endswith(" ".join(curve[2]))


def test_of_several_data_sets_the_trainings_own_counts(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine")
    own = hash_file(tmp_path / "corpus" / "train.spacy")
    mine, others = made(), made(dataset="tweets")
    for one in mine:
        one["definition"] = {"data": {"train": own}}
    records = write_records(tmp_path / "runs", [*mine, *others])
    config = read_config(training / "model-last" / "config.cfg", interpolate=True)
    assert read_curve(records, config)[0] == "adaptive on news with tiny"
    with pytest.raises(ValueError, match=r"adaptive on news with tiny; adaptive on tweets with"):
        read_curve(records, None)


@pytest.mark.parametrize(
    ("found", "message"),
    [([], "expected records of finished trainings"), (None, "expected the output folder of a")],
)
def test_wrong_records_are_told_before_anything_is_predicted(
    tmp_path: Path, found: list[dict[str, Any]] | None, message: str
) -> None:
    training = write_training(tmp_path / "mine")
    records = tmp_path / "runs"
    if found is not None:
        records.mkdir()
    code, out = report(training, "--curve", records)
    assert code == 1
    assert message in out
    assert not (training / "report.html").exists()
    code, out = report(records, "--curve", records)
    assert code == 1
    assert "--curve: expected the output folder of a training" in out


@pytest.mark.usefixtures("quiet")
def test_curve_is_read_off_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    name = "<img src=x onerror=console.log(1)>"
    found = made(dataset=name)
    for i, one in enumerate(found):
        one["id"] = str(i)
    records = write_records(tmp_path / "runs", found)
    page, _ = write_run(write_training(tmp_path / "mine"), curve=records)
    browser.size(500)
    browser.media(scheme="dark")
    browser.open(page)
    assert browser.run("document.documentElement.scrollWidth") <= 500
    assert browser.texts("#learning .key") == ["trainings", "curve, to twice as many"]
    browser.run("document.querySelector('#learning svg').focus()")
    browser.press("Home")
    said = "trainings, labelled sentences, train and dev 62, F1 on test 31.0 %, interval "
    assert browser.text("#said").startswith(said)
    browser.press("End")
    assert "labelled sentences, train and dev 2,000" in browser.text("#said")
    assert browser.text("#said").endswith("95 %, of one training")
    assert name in browser.text("#summary")
    assert find_barriers(browser) == []


GRID = """
title: tiny
# with an end: on a few sentences the loss falls for hundreds of rounds
settings: {{variables.rate: 1e-2, training.optimizer.learn_rate.warmup: 1, training.max_epochs: 60}}
approaches:
  adaptive:
    config: configs/adaptive.cfg
    settings:
      training.optimizer.learn_rate.cooldown: 1
      training.optimizer.learn_rate.least: 0
datasets:
  little: {{path: {corpus}}}
models:
  tiny: {transformer}
fractions: [0.0625, 0.125, 0.25, 0.5, 1]
seeds: [1]
"""


@pytest.mark.slow
def test_sweep_makes_what_the_curve_needs(tmp_path: Path, transformer_folder: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_corpus(corpus / "train.spacy", [*SENTENCES, *NOISE] * 7)
    write_corpus(corpus / "dev.spacy", [*SENTENCES, *NOISE] * 2)
    write_corpus(corpus / "test.spacy", SENTENCES)
    grid = tmp_path / "tiny.yml"
    grid.write_text(GRID.format(corpus=corpus, transformer=transformer_folder), encoding="utf8")
    done = run(grid, tmp_path / "runs", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    kind, curve, mixed = read_curve(tmp_path / "runs", None)
    assert mixed == []
    assert kind == "adaptive on little with tiny"
    assert len(curve.points) == 5
    assert curve.why == ""
    assert curve.places[-1].sentences == pytest.approx(2 * curve.points[-1].sentences)
    assert curve.points[-1].mean > curve.points[0].mean
