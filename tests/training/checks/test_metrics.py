"""Metrics that a training follows: those that nobody reports, or that cannot be followed."""

import pytest
from spacy.language import Language

from tests.training.checks.util import faults_of
from tests.trainings import overrides, set_in


@Language.factory("ents", default_score_weights={"something": None})
def make_ents(nlp: Language, name: str):
    return lambda doc: doc


REPORTED = (
    "ents_f, ents_loss, ents_loss_refined, ents_loss_refined_transformer_ner, "
    "ents_loss_transformer_ner, ents_p, ents_r, speed, temperature, temperature_transformer_ner, "
    "token_acc, token_f, token_p, token_r"
)

# what is changed in adaptive.cfg, and the line that the check says. A round is 3 steps here.
FAULTS = {
    "weighted metric that nobody reports": (
        {"training.score_weights.tag_acc": 0.5},
        f"[training.score_weights] tag_acc: no pipe reports it; expected one of {REPORTED}",
    ),
    "monitored metric that nobody reports": (
        {"training.before_update.monitor": {"cats_score": 1.0}},
        f"[training.before_update] monitor: no pipe reports cats_score; expected {REPORTED}\n"
        "[training.score_weights] cats_score: expected a weight, or null to report it only, "
        "because [training.before_update] monitors it",
    ),
    "monitored table": (
        {"training.before_update.monitor": {"ents_per_type": 1.0}},
        f"[training.before_update] monitor: ents_per_type is no number; expected {REPORTED}",
    ),
    "weighted table": (
        {"training.score_weights.ents_per_type": 0.5},
        "[training.score_weights] ents_per_type: expected null, as it is no number",
    ),
    "one of several monitored that nobody reports": (
        {"training.before_update.monitor": [{"ents_loss": -1.0}, {"ents_f": 1.0, "cats_f": 1.0}]},
        f"[training.before_update] monitor: no pipe reports cats_f; expected {REPORTED}\n"
        "[training.score_weights] cats_f: expected a weight, or null to report it only, because "
        "[training.before_update] monitors it",
    ),
    "guarded metric that is not reported": (
        {"training.before_update.then.metric": "cats_score"},
        "[training.score_weights] cats_score: expected a weight, or null to report it only, "
        "because adaptive_spacy.guard.v1 watches it",
    ),
    "guarded metric that nobody reports": (
        {
            "training.before_update.then.metric": "cats_score",
            "training.score_weights.cats_score": None,
        },
        "[training.before_update] metric of adaptive_spacy.guard.v1: no pipe reports cats_score; "
        f"expected {REPORTED}",
    ),
    "guarded loss": (
        {"training.before_update.then.metric": "ents_loss"},
        "[training.before_update] metric of adaptive_spacy.guard.v1: expected a score in [0, 1] of "
        "which more is better, got ents_loss",
    ),
    "guarded number that is no share": (
        {"training.before_update.then.metric": "speed", "training.score_weights.speed": 0.0},
        "[training.before_update] metric of adaptive_spacy.guard.v1: expected a score in [0, 1] of "
        "which more is better, got speed",
    ),
    "guarded table": (
        {"training.before_update.then.metric": "ents_per_type"},
        "[training.before_update] metric of adaptive_spacy.guard.v1: expected a score in [0, 1] of "
        "which more is better, got ents_per_type",
    ),
    "patience beside several": (
        {
            "training.before_update.monitor": [{"ents_f": 1.0}, {"ents_loss": -1.0}],
            "training.patience": 1000,
        },
        "[training] patience: expected 0 where the monitor is not [training.score_weights], got "
        "1000: spaCy would stop by another score than the phases follow",
    ),
    "weights of mixed sign": (
        {"training.score_weights.ents_loss": -1.0},
        "[training.score_weights]: expected weights of one sign, got {'ents_f': 1.0, 'ents_loss': "
        "-1.0}: spaCy divides them by their sum",
    ),
    "weight that rounds away": (
        {"training.score_weights.ents_f": 0.0, "training.score_weights.ents_loss": -0.004},
        "[training.score_weights] ents_loss: expected a weight of at least 0.01, got -0.004: "
        "spaCy rounds to two digits",
    ),
    "a pipe whose loss hides the metric": (
        {
            "nlp.pipeline": ["transformer", "transformer_ner", "ents"],
            "components.ents": {"factory": "ents"},
        },
        "[components.ents]: expected another name: spaCy writes this pipe's training loss over "
        "the metric ents_loss",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_check_names_the_metric(name: str, corpus_folder, transformer_folder) -> None:
    changes, expected = FAULTS[name]

    def edit(config) -> None:
        for path, value in changes.items():
            set_in(config, path, value)

    assert faults_of(overrides(corpus_folder, transformer_folder), edit) == expected


def test_check_asks_which_of_several_losses_is_monitored(corpus_folder, transformer_folder) -> None:
    def edit(config) -> None:
        config["components"]["second"] = config["components"]["transformer_ner"].copy()
        config["nlp"]["pipeline"] = ["transformer", "transformer_ner", "second"]

    settings = overrides(corpus_folder, transformer_folder)
    assert faults_of(settings, edit) == (
        "[training] ents_loss: expected one of ents_loss_transformer_ner, ents_loss_second in "
        "monitor and score_weights, as 2 pipes report this metric, and the last one stays"
    )

    def edit_both(config) -> None:
        edit(config)
        config["training"]["before_update"]["monitor"] = {"ents_loss_second": -1.0}
        config["training"]["score_weights"]["ents_loss_second"] = None

    assert faults_of(settings, edit_both) == ""

    def edit_refined(config) -> None:
        edit(config)
        config["training"]["before_update"]["monitor"] = {"ents_loss_refined_second": -1.0}
        config["training"]["score_weights"]["ents_loss_refined_second"] = None

    assert faults_of(settings, edit_refined) == ""


def test_one_component_has_its_own_names_too(corpus_folder, transformer_folder) -> None:
    def edit(config) -> None:
        for metric in ("ents_loss_refined_transformer_ner", "temperature_transformer_ner"):
            config["training"]["score_weights"][metric] = None
        config["training"]["before_update"]["monitor"] = {"ents_loss_refined_transformer_ner": -1.0}

    assert faults_of(overrides(corpus_folder, transformer_folder), edit) == ""


def test_check_refuses_losses_in_front_of_a_pipe_that_merges_tokens(
    corpus_folder, transformer_folder
) -> None:
    settings = overrides(corpus_folder, transformer_folder)

    def behind(config) -> None:
        config["components"]["merge_entities"] = {"factory": "merge_entities"}
        config["nlp"]["pipeline"] = ["transformer", "transformer_ner", "merge_entities"]

    assert faults_of(settings, behind) == (
        "[training] ents_loss: expected other metrics in monitor and score_weights, as it cannot "
        "be measured in front of [components.merge_entities], which changes the tokens; or add "
        "that pipe to the trained pipeline"
    )

    def scored(config) -> None:
        behind(config)
        config["training"]["before_update"]["monitor"] = {"ents_f": 1.0}

    assert faults_of(settings, scored) == ""

    def in_front(config) -> None:
        behind(config)
        config["nlp"]["pipeline"] = ["merge_entities", "transformer", "transformer_ner"]

    assert faults_of(settings, in_front) == ""
