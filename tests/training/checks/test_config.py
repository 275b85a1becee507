import shutil
from pathlib import Path

import pytest
from spacy.training.initialize import init_nlp
from spacy.util import load_config, registry

from tests.training.checks.util import ADAPTIVE, faults_of
from tests.trainings import overrides, set_in, spacy_train, spacy_train_process
from tests.util import scripted_config


def test_check_finds_nothing_in_the_default(corpus_folder, transformer_folder) -> None:
    assert faults_of(overrides(corpus_folder, transformer_folder)) == ""


def test_check_takes_the_least_patience_that_cuts_no_phase(corpus_folder, transformer_folder):
    settings = {"training.patience": 198, "training.before_update.monitor": None}
    assert faults_of({**overrides(corpus_folder, transformer_folder), **settings}) == ""


def test_check_takes_an_interval_beside_the_rate_of_the_callback(
    corpus_folder, transformer_folder
) -> None:
    block = "training.optimizer.learn_rate"
    settings = {f"{block}.interval": 3, f"{block}.rate": 2e-3, "variables.rate": 2e-3}
    assert faults_of({**overrides(corpus_folder, transformer_folder), **settings}) == ""
    # it has no first rate of its own
    settings[f"{block}.rate"] = "auto"
    assert faults_of({**overrides(corpus_folder, transformer_folder), **settings}) == ""


# what is changed in adaptive.cfg, and the line that the check says. A round is 3 steps here.
FAULTS = {
    "schedule without callback": (
        {"training.before_update": None},
        '[training.before_update]: expected @callbacks = "adaptive_spacy.adapt.v1" beside the '
        'schedule "adaptive_spacy.adaptive.v1", which learns of no evaluation otherwise',
    ),
    "callback without schedule": (
        {
            "training.optimizer.learn_rate": {"@schedules": "constant.v1", "rate": 0.1},
            "training.batcher": {"@batchers": "spacy.batch_by_sequence.v1", "size": 16},
            "training.eval_frequency": 3,
        },
        '[training.optimizer.learn_rate]: expected @schedules = "adaptive_spacy.adaptive.v1" '
        'beside "adaptive_spacy.adapt.v1"\n'
        '[training.optimizer.learn_rate]: expected @schedules = "adaptive_spacy.adaptive.v1" or '
        'another schedule of ours beside "adaptive_spacy.guard.v1", which halves its rate',
    ),
    "guard without schedule": (
        {
            "training.optimizer.learn_rate": {"@schedules": "constant.v1", "rate": 0.1},
            "training.batcher": {"@batchers": "spacy.batch_by_sequence.v1", "size": 16},
            "training.before_update": {"@callbacks": "adaptive_spacy.guard.v1"},
            "training.eval_frequency": 3,
        },
        '[training.optimizer.learn_rate]: expected @schedules = "adaptive_spacy.adaptive.v1" or '
        'another schedule of ours beside "adaptive_spacy.guard.v1", which halves its rate',
    ),
    "until_finished without schedule": (
        {
            "training.optimizer.learn_rate": {"@schedules": "constant.v1", "rate": 0.1},
            "training.before_update": None,
        },
        '[training.optimizer.learn_rate]: expected @schedules = "adaptive_spacy.adaptive.v1" '
        'beside "adaptive_spacy.until_finished.v1"',
    ),
    "another rate beside an interval": (
        {
            "training.optimizer.learn_rate.interval": 3,
            "training.optimizer.learn_rate.rate": 1e-3,
            "variables.rate": 2e-3,
        },
        "[training.optimizer.learn_rate] interval: expected null where its rate, 0.001, is not "
        "that of [training.before_update], 0.002, got 3",
    ),
    "another interval": (
        {"training.optimizer.learn_rate.interval": 5},
        "[training.optimizer.learn_rate] interval: expected 3, which is [training] "
        "eval_frequency, got 5",
    ),
    "endless epochs": (
        {"training.max_epochs": 0},
        "[training] max_epochs: expected a number > 0 beside adaptive_spacy.until_finished.v1, "
        "got 0: spaCy would ask for batches for ever",
    ),
    "patience beside another monitor": (
        {"training.patience": 100},
        "[training] patience: expected 0 where the monitor is not [training.score_weights], got "
        "100: spaCy would stop by another score than the phases follow",
    ),
    # rounds of 3 updates: at least 200 updates in 67 of them, of which one is the first
    "patience too short": (
        {"training.patience": 197, "training.before_update.monitor": None},
        "[training] patience: expected 0 or at least 198 steps, as long as the phases can last "
        "after the best round, got 197: spaCy would stop in the middle of a phase",
    ),
    "patience shorter than a cool-down": (
        {
            "training.patience": 23,
            "training.before_update.monitor": None,
            "training.optimizer.learn_rate.least": 0,
        },
        "[training] patience: expected 0 or at least 24 steps, as long as the phases can last "
        "after the best round, got 23: spaCy would stop in the middle of a phase",
    ),
    "bad shape": (
        {"training.optimizer.learn_rate.shape": "steps"},
        "[training.optimizer.learn_rate] shape: expected one of linear, sqrt, cosine, got 'steps'",
    ),
    "bad scheme": (
        {"components.transformer_ner.scheme": "IOB"},
        "[components.transformer_ner] scheme: expected one of BIO, BILOU, IO, got 'IOB'",
    ),
    "bad decoder": (
        {"components.transformer_ner.decoder": "beam"},
        "[components.transformer_ner] decoder: expected one of viterbi, greedy, got 'beam'",
    ),
    "bad fraction": (
        {"variables.fraction": 0.0},
        "[corpora] fraction: expected a number in (0, 1], got 0.0",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_check_names_the_fault(name: str, corpus_folder, transformer_folder) -> None:
    changes, expected = FAULTS[name]

    def edit(config) -> None:
        for path, value in changes.items():
            set_in(config, path, value)

    assert faults_of(overrides(corpus_folder, transformer_folder), edit) == expected


def test_check_reads_the_data_without_moving_the_random_numbers(tmp_path: Path) -> None:
    """The same weights with and without the check."""

    def weights(with_check: bool) -> bytes:
        config = scripted_config(tmp_path, [0, 1], training__max_steps=4)
        config["training"]["optimizer"]["learn_rate"]["rate"] = 0.1
        if with_check:
            config["initialize"] = {"before_init": {"@callbacks": "adaptive_spacy.check.v1"}}
        from tests.util import train_in_process

        nlp, _ = train_in_process(config)
        return nlp.get_pipe("textcat").model.to_bytes()

    assert weights(True) == weights(False)


def test_check_calls_the_next_callback(tmp_path: Path) -> None:
    called = []

    @registry.callbacks("test.before_init")
    def make_before_init():
        return lambda nlp: called.append(nlp.pipe_names)

    block = {"@callbacks": "adaptive_spacy.check.v1", "then": {"@callbacks": "test.before_init"}}
    config = scripted_config(tmp_path, [0, 1])
    config["initialize"] = {"before_init": block}
    init_nlp(config)
    assert called == [["textcat", "scripted"]]


BAD_TRANSFORMERS = ["missing folder", "no tokenizer", "no weights", "no config"]


@pytest.mark.parametrize("damage", BAD_TRANSFORMERS)
def test_bad_transformer_is_one_line_and_the_last_training_is_kept(
    damage: str, corpus_folder, copied_transformer: Path, tmp_path: Path
) -> None:
    patterns = {"no tokenizer": ["tok*", "vocab*"], "no weights": ["*.safetensors"]}
    for pattern in patterns.get(damage, ["config.json"]):
        for file in copied_transformer.glob(pattern):
            file.unlink()
    if damage == "missing folder":
        shutil.rmtree(copied_transformer)
    last = tmp_path / "out" / "model-last"
    last.mkdir(parents=True)
    (last / "meta.json").write_text("the last training")
    done = spacy_train(ADAPTIVE, tmp_path / "out", **overrides(corpus_folder, copied_transformer))
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit), "no traceback"
    lines = [line for line in done.stdout.splitlines() if "[components.transformer.model]" in line]
    assert len(lines) == 1
    assert str(copied_transformer) in lines[0]
    assert (last / "meta.json").read_text() == "the last training"


def test_faults_are_lines_and_the_last_training_is_kept(
    corpus_folder, transformer_folder, tmp_path: Path
) -> None:
    last = tmp_path / "model-last"
    last.mkdir()
    (last / "meta.json").write_text("the last training")
    settings = {
        **overrides(corpus_folder, transformer_folder),
        "training.max_epochs": 0,
        "training.patience": 7,
    }
    done = spacy_train_process(ADAPTIVE, tmp_path, **settings)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert sum(line.startswith("[training]") for line in done.stdout.splitlines()) == 2
    assert (last / "meta.json").read_text() == "the last training"


@pytest.fixture(scope="module")
def trained(corpus_folder, transformer_folder, tmp_path_factory) -> Path:
    """A pipeline of transformer and transformer_ner, to source pipes from."""
    folder = tmp_path_factory.mktemp("trained") / "pipeline"
    nlp = init_nlp(load_config(ADAPTIVE, overrides=overrides(corpus_folder, transformer_folder)))
    nlp.to_disk(folder)
    return folder


# pipes that are sourced, and settings of the training
SOURCED = {
    "sourced": (["transformer", "transformer_ner"], {}),
    "sourced transformer": (["transformer"], {}),
    "sourced and frozen transformer": (
        ["transformer"],
        {"frozen_components": ["transformer"], "annotating_components": ["transformer"]},
    ),
    "sourced NER, annotating": (
        ["transformer", "transformer_ner"],
        {"annotating_components": ["transformer_ner"]},
    ),
    "frozen NER beside another": (
        ["transformer", "transformer_ner"],
        {"frozen_components": ["transformer_ner"]},
    ),
}


@pytest.mark.parametrize("name", SOURCED)
def test_check_takes_sourced_and_frozen_pipes(
    name: str, trained: Path, corpus_folder, transformer_folder
) -> None:
    pipes, training = SOURCED[name]

    def edit(config) -> None:
        for pipe in pipes:
            config["components"][pipe] = {"source": str(trained)}
        config["training"].update(training)

    assert faults_of(overrides(corpus_folder, transformer_folder), edit) == ""


def test_check_refuses_a_schedule_of_ours_in_one_of_others(
    corpus_folder, transformer_folder
) -> None:
    def edit(config) -> None:
        optimizer = config["training"]["optimizer"]
        optimizer["learn_rate"] = {
            "@schedules": "constant_then.v1",
            "rate": 1e-3,
            "steps": 30,
            "schedule": optimizer["learn_rate"],
        }

    assert faults_of(overrides(corpus_folder, transformer_folder), edit).splitlines()[0] == (
        '[training.optimizer.learn_rate]: expected @schedules = "adaptive_spacy.adaptive.v1" '
        'itself, found it in "constant_then.v1", whose rates are not those that its phases tell'
    )
