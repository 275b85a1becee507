"""What the scores that a package states are of."""

import json
import shlex
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import srsly
from huggingface_hub import ModelCard
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.serving.package import package
from adaptive_spacy.serving.scores import (
    CHOSEN,
    LEARNT,
    LEARNT_PART,
    MAYBE_CHOSEN,
    WATCHED,
    WATCHED_PART,
    describe_evaluation,
    describe_own,
    doubt_metrics,
    read_metrics,
)
from tests.conftest import ROOT, write_corpus, write_shards
from tests.known import sentences, write_pipeline, write_splits
from tests.serving.wheels import read_wheel

METRICS: dict[str, Any] = {
    "corpus": "corpus/x/test.spacy",
    "sentences": 3,
    "entities": 2,
    "seqeval": {"per_type": {"PER": {"support": 2}}},
    "exact_match": 0.5,
}


def test_package_needs_the_metrics_that_it_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected the scores that `evaluate` writes"):
        read_metrics(tmp_path / "none.json")


def test_facts_of_an_evaluation(foreign: Path) -> None:
    assert describe_evaluation(METRICS, foreign) == {
        "corpus": "test",
        "sentences": 3,
        "entities": 2,
        "support": {"PER": 2},
        "exact_match": 0.5,
        "calibration_error": None,
    }
    measured = {"before": {}, "after": {"calibration_error": 0.0427}}
    found = describe_evaluation({**METRICS, "confidence": measured}, foreign)
    assert found is not None
    assert found["calibration_error"] == 0.0427
    assert describe_evaluation({"spacy": {}}, foreign) is None


@pytest.mark.parametrize(("split", "seen"), [("dev", WATCHED), ("train", LEARNT)])
def test_evaluation_on_what_the_training_knew_says_so(
    foreign: Path, corpus_folder: Path, split: str, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # by another spelling than that of its config
    monkeypatch.chdir(corpus_folder)
    found = describe_evaluation({**METRICS, "corpus": f"{split}.spacy"}, foreign)
    assert found is not None
    assert (found["corpus"], found["seen"]) == (split, seen)


def seen_in(corpus: Path, pipeline: Path) -> str | None:
    found = describe_evaluation({**METRICS, "corpus": str(corpus)}, pipeline)
    assert found is not None
    return found.get("seen")


def test_sentences_that_the_training_knew_are_known_in_any_file(tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    train, dev = (corpus / f"{split}.spacy" for split in ("train", "dev"))
    last = write_pipeline(tmp_path / "a" / "model-last", train, dev)
    best = write_pipeline(tmp_path / "a" / "model-best", train, dev)
    shards = write_shards(corpus, tmp_path / "shards")
    for place in (corpus, shards):
        assert seen_in(place / "train.spacy", last) == LEARNT
        assert seen_in(place / "dev.spacy", last) == WATCHED
        assert seen_in(place / "dev.spacy", best) == f"{WATCHED} {CHOSEN}"
        assert seen_in(place / "test.spacy", last) is None
        assert seen_in(place, last) == LEARNT_PART.format(part=40, all=70)
    # the config says dev.spacy, where shards are
    sharded = write_pipeline(tmp_path / "b" / "model-last", shards / "train.spacy", shards / "dev")
    assert seen_in(train, sharded) == seen_in(shards / "train", sharded) == LEARNT
    assert seen_in(dev, sharded) == WATCHED
    part = write_corpus(tmp_path / "part.spacy", sentences(45, 55))
    assert seen_in(part, last) == WATCHED_PART.format(part=5, all=10)
    assert seen_in(part, best) == f"{WATCHED_PART.format(part=5, all=10)} {CHOSEN}"
    assert "5 of these 10 sentences" in WATCHED_PART.format(part=5, all=10)
    for gone in ("gone.spacy", "\0"):
        assert seen_in(Path(gone), last) is None


def test_few_sentences_in_common_make_no_test_set_a_known_one(tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "model-last", corpus / "train.spacy", corpus / "dev.spacy")
    # as short ones are that splits have in common by chance
    few = write_corpus(tmp_path / "few.spacy", sentences(39, 40) + sentences(50, 69))
    assert seen_in(few, model) is None
    more = write_corpus(tmp_path / "more.spacy", sentences(38, 40) + sentences(50, 68))
    assert seen_in(more, model) == LEARNT_PART.format(part=2, all=20)


def test_models_of_all_labels_know_dev_and_their_own_copies(tmp_path: Path) -> None:
    corpus, output = write_splits(tmp_path / "corpus"), tmp_path / "r"
    own = output / "train-and-dev.spacy"
    model = write_pipeline(output / "model-last", own, corpus / "dev.spacy", refit={})
    write_corpus(own, sentences(0, 50))
    for split in ("train", "dev"):
        assert seen_in(corpus / f"{split}.spacy", model) == LEARNT
    assert seen_in(corpus, model) == LEARNT_PART.format(part=50, all=70)
    own.unlink()
    assert seen_in(corpus / "dev.spacy", model) == LEARNT


def test_corpus_that_is_the_current_folder_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_shards(write_splits(tmp_path / "corpus"), tmp_path / "shards")
    model = write_pipeline(tmp_path / "model-last", corpus / "train", corpus / "dev")
    monkeypatch.chdir(corpus / "test")
    found = describe_evaluation({**METRICS, "corpus": "."}, model)
    assert found is not None
    assert (found["corpus"], "seen" in found) == ("test", False)


def test_scores_of_a_training_are_those_on_dev(
    foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = foreign.with_name("model-best")
    assert describe_own(foreign) == {"corpus": "dev", "seen": WATCHED}
    assert describe_own(best)["seen"] == f"{WATCHED} {CHOSEN}"
    monkeypatch.chdir(best)
    assert describe_own(Path())["seen"] == f"{WATCHED} {CHOSEN}"
    assert describe_own(tmp_path)["seen"] == f"{WATCHED} {MAYBE_CHOSEN}"
    srsly.write_json(tmp_path / "meta.json", {"crossfit": {}})
    assert describe_own(tmp_path)["seen"] == LEARNT


def test_scores_of_the_same_pipeline_in_any_spelling_are_not_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = tmp_path / "training" / "x" / "model-last"
    pipeline.mkdir(parents=True)
    (tmp_path / "link").symlink_to(pipeline)
    monkeypatch.chdir(tmp_path)
    relative = "training/x/model-last"
    for stated in (relative, f"./{relative}/", str(pipeline), "training/../link", "link"):
        for packaged in (Path(relative), pipeline, Path("link")):
            assert doubt_metrics({"pipeline": stated}, packaged) is None
    # a file that names none
    assert doubt_metrics({}, pipeline) is None


@pytest.mark.parametrize("stated", ["training/x/model-best", "gone/model-last", "en_x", "", "\0"])
def test_scores_of_another_pipeline_are_doubted(
    tmp_path: Path, stated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("best", "last"):
        Path("training", "x", f"model-{name}").mkdir(parents=True)
    doubt = doubt_metrics({"pipeline": stated}, Path("training/x/model-last"))
    assert doubt is not None
    assert f"the scores are of {stated!r}, and 'training/x/model-last' is packaged" in doubt


def test_package_without_metrics_says_that_its_scores_are_on_dev(
    foreign: Path, tmp_path: Path
) -> None:
    (wheel,) = package(foreign.with_name("model-best"), tmp_path, name="best")
    meta = json.loads(read_wheel(wheel, "en_best-0.1.0/meta.json"))
    assert meta["evaluation"] == {"corpus": "dev", "seen": f"{WATCHED} {CHOSEN}"}
    readme = read_wheel(wheel, "en_best-0.1.0/README.md")
    assert f"## Scores\n\n{WATCHED} {CHOSEN}\n" in readme
    assert "| all entities |" in readme
    assert ModelCard(readme).data.eval_results is None
    # packaged again, it still says so
    shutil.unpack_archive(wheel, tmp_path / "open", "zip")
    (again,) = package(tmp_path / "open/en_best/en_best-0.1.0", tmp_path / "again", name="best")
    assert f"\n{WATCHED} {CHOSEN}\n" in read_wheel(again, "en_best-0.1.0/README.md")


def test_commands_that_a_training_names_work_as_printed(
    corpus_folder: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`evaluate` and `package` at its end: the package states what was evaluated."""
    shutil.copytree(corpus_folder, tmp_path / "corpus")
    # other sentences than those of train and dev
    texts = [f"{name} visits {city}" for name in ("Ada", "Cleo") for city in ("Paris", "London")]
    tagged = [(f"{text} {end}", "B-PER O B-LOC O") for text in texts for end in (".", "today", ",")]
    write_corpus(tmp_path / "corpus" / "test.spacy", tagged[:10])
    monkeypatch.chdir(tmp_path)
    settings = {
        "paths.train": "corpus/train.spacy",
        "paths.dev": "corpus/dev.spacy",
        "variables.transformer": str(transformer_folder),
        "variables.rate": 5e-3,
        "training.max_steps": 30,
        "training.eval_frequency.least": 1,
    }
    config = load_config(ROOT / "configs" / "ner.cfg", overrides=settings)
    stdout, output = StringIO(), Path("training/my run")
    train(init_nlp(config), output, stdout=stdout, stderr=StringIO())
    said = stdout.getvalue().replace(" \\\n", " ").splitlines()
    commands = [shlex.split(one)[1:] for one in said if one.startswith("    adaptive-spacy ")]
    named = {command[0]: command for command in commands}
    for name in ("evaluate", "package"):
        result = CliRunner().invoke(app, named[name])
        assert result.exit_code == 0, result.output
        assert "⚠" not in result.output
    (wheel,) = Path("packages").glob("en_my_run-*.whl")
    readme = read_wheel(wheel, "en_my_run-0.1.0/README.md")
    assert "\nOn test: 10 sentences with" in readme
    assert WATCHED not in readme
    assert {one.dataset_split for one in ModelCard(readme).data.eval_results} == {"test"}
    # and scores of the one are not taken for the other's without a word
    arguments = [named["package"][1].replace("model-last", "model-best"), "other"]
    result = CliRunner().invoke(app, ["package", *arguments, *named["package"][3:]])
    assert result.exit_code == 0, result.output
    for model in ("last", "best"):
        assert f"'training/my run/model-{model}'" in result.output
