"""Each setting that means nothing is one line, found in the config alone."""

import math
from pathlib import Path
from typing import Any

import pytest
from spacy.util import load_config
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive.callback import make_adapt_v1
from adaptive_spacy.adaptive.fixed_schedules import make_hybrid_v1, make_linear_v1
from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from adaptive_spacy.config.names import LINEAR
from adaptive_spacy.config.settings import find_setting_faults
from adaptive_spacy.training.checks.report import get_ready
from adaptive_spacy.training.optimizer import make_adamw_v1
from tests.conftest import ROOT
from tests.util import scripted_config, train_in_process

CONFIGS = sorted((ROOT / "configs").glob("*.cfg"))


def faults(key: str, value: Any) -> list[str]:
    """RETURNS (list[str]): What is found in adaptive.cfg with one other setting."""
    config = load_config(ROOT / "configs" / "adaptive.cfg").interpolate()
    block: Any = config
    *path, last = key.split(".")
    for part in path:
        block = block[part]
    block[last] = value
    return list(find_setting_faults(config))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_nothing_is_found_in_our_configs(path: Path) -> None:
    assert list(find_setting_faults(load_config(path).interpolate())) == []


SPANS = "components.transformer.model.get_spans"
RATE = "a number > 0 and <= 10"
SEED = "a whole number >= 0 and <= 4294967295 or null"
DROPOUT = "a number in [0, 1) with a decimal point, such as 0.0 or 0.1"
# key, values that are refused, what is allowed
REFUSED: list[tuple[str, list[Any], str]] = [
    (
        "training.seed",
        [1.5, 10**30, -1, "0", True],
        "a whole number >= 0 and <= 4294967295 or null",
    ),
    ("training.dropout", [0, 1.0, -0.1, "0.1", True, math.nan, None], DROPOUT),
    ("training.accumulate_gradient", [0, -1, 1.0, True], "a whole number >= 1"),
    ("training.patience", [-1, 0.5], "a whole number >= 0"),
    ("training.max_steps", [-1, "7"], "a whole number >= 0"),
    ("training.max_epochs", [-2, 1.5], "a whole number >= -1"),
    ("training.eval_frequency", [0, -2, True], "a whole number >= 1"),
    ("training.optimizer.grad_clip", [-1, "1.0", math.inf], "a number >= 0"),
    ("training.optimizer.weight_decay", [-1, math.nan], "a number >= 0"),
    ("training.optimizer.learn_rate", [0, -1, 1e10, "1e-3", True], RATE),
    (
        "training.optimizer.learn_rate.rate",
        [0, 1e3, "1e-3", math.nan, 10**400],
        f'{RATE} or "auto"',
    ),
    ("training.before_update.rate", [0, 1e10, "fast", "auto"], f"{RATE} or null"),
    ("training.before_update.rate.rate", [0, 1e10, "fast", None], f'{RATE} or "auto"'),
    ("training.batcher.batcher.size", [0, -1, "16"], "a whole number >= 1"),
    ("nlp.batch_size", [0, -3, 1.5], "a whole number >= 1 or null"),
    ("training.gpu_allocator", ["cupy", 0, True], '"pytorch", "tensorflow" or null'),
]


@pytest.mark.parametrize("told", [None, "nobody", "thinc"])
def test_a_rate_of_auto_is_told_by_the_training(told: str | None) -> None:
    config = load_config(CONFIGS[0], interpolate=True)
    training = config["training"]
    training["optimizer"]["learn_rate"] = {"@schedules": LINEAR, "rate": "auto"}
    if told == "nobody":
        training["before_update"]["rate"] = None
    elif told == "thinc":
        training["optimizer"]["learn_rate"]["@schedules"] = "constant.v1"
    message = (
        '[training.optimizer.learn_rate] rate: expected a number, got "auto", which needs a '
        'schedule of ours and [training.before_update.rate] with @misc = "adaptive_spacy.rate.v1"'
    )
    assert list(find_setting_faults(config)) == ([] if told is None else [message])


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [(key, value, allowed) for key, values, allowed in REFUSED for value in values],
)
def test_a_bad_number_is_one_line(key: str, value: Any, allowed: str) -> None:
    block, _, name = key.rpartition(".")
    assert faults(key, value) == [f"[{block}] {name}: expected {allowed}, got {value!r}"]


def test_callback_inside_of_another_is_looked_at() -> None:
    config = load_config(CONFIGS[0], interpolate=True)
    training = config["training"]
    inner = {**training["before_update"], "rate": 0.1, "monitor": {"ents_f": 1.0}}
    training["before_update"] = {"@callbacks": "mine.v1", "monitor": 3, "then": inner}
    training["optimizer"]["learn_rate"] = {"@schedules": LINEAR, "rate": "auto"}
    assert list(find_setting_faults(config)) == []
    inner["monitor"] = {"ents_f": -1.0}
    (fault,) = find_setting_faults(config)
    assert fault.startswith("[training.before_update] monitor: ents_f: expected a weight > 0")
    inner["rate"] = inner["monitor"] = None
    (fault,) = find_setting_faults(config)
    assert fault.startswith('[training.optimizer.learn_rate] rate: expected a number, got "auto"')


# key, value, the line
LINES: list[tuple[str, Any, str]] = [
    (f"{SPANS}.window", 0, f"[{SPANS}] window: expected a whole number >= 1, got 0"),
    *(
        (
            f"{SPANS}.stride",
            stride,
            f"[{SPANS}] stride: expected a whole number >= 1 and <= 128, got {stride}, the "
            "window: tokens between would be read by none",
        )
        for stride in (0, -5, 129)
    ),
    (
        "training.before_update.monitor",
        {},
        "[training.before_update] monitor: expected a weight other than 0, or null for the main "
        "score, got {}",
    ),
    (
        "training.before_update.monitor",
        {"ents_loss": 0},
        "[training.before_update] monitor: expected a weight other than 0, or null for the main "
        "score, got {'ents_loss': 0}",
    ),
    (
        "training.before_update.monitor",
        {"ents_loss": 1.0},
        "[training.before_update] monitor: ents_loss: expected a weight < 0, as less of it is "
        "better, got 1.0",
    ),
    (
        "training.before_update.monitor",
        {"ents_loss_refined": 1.0},
        "[training.before_update] monitor: ents_loss_refined: expected a weight < 0, as less of it "
        "is better, got 1.0",
    ),
    (
        "training.before_update.monitor",
        {"temperature_transformer_ner": 1.0},
        "[training.before_update] monitor: temperature_transformer_ner: expected a weight < 0, as "
        "less of it is better, got 1.0",
    ),
    (
        "training.before_update.monitor",
        {"ents_f": -1.0},
        "[training.before_update] monitor: ents_f: expected a weight > 0, as more of it is "
        "better, got -1.0",
    ),
    *(
        (
            "training.before_update.monitor",
            monitor,
            "[training.before_update] monitor: expected weights such as "
            f'{{"ents_loss": -1.0}}, or a list of such, got {monitor!r}',
        )
        for monitor in ([], ["ents_loss"], [{"ents_loss": -1.0}, None])
    ),
    (
        "training.before_update.monitor",
        [{"ents_loss": -1.0}, {"ents_f": -1.0}],
        "[training.before_update] monitor: ents_f: expected a weight > 0, as more of it is "
        "better, got -1.0",
    ),
    (
        "training.score_weights.ents_f",
        -1.0,
        "[training.score_weights] ents_f: expected a weight > 0, as more of it is better, got -1.0",
    ),
    (
        "training.optimizer.learn_rate.min_delta",
        math.nan,
        "[training.optimizer.learn_rate] min_delta: expected a finite number, got nan",
    ),
    *(
        (
            "components.transformer_ner.class_weights",
            weights,
            f"[components.transformer_ner{block}: expected a finite number, got {found}",
        )
        for weights, block, found in (
            ({"O": -math.inf}, ".class_weights] O", "-inf"),
            ([1.0, [math.nan]], "] class_weights", "nan"),
            (
                {"O": -(2**63) - 1},
                ".class_weights] O",
                "-9223372036854775809; expected none beyond 1e+12",
            ),
        )
    ),
    (
        "nlp.lang",
        "zz",
        "[nlp] lang: expected the code of a language of spaCy, such as en, or xx for any, got 'zz'",
    ),
    (
        "training.logger.@loggers",
        "adaptive_spacy.MLflow.v1",
        '[training.logger] @loggers: expected "adaptive_spacy.Logger.v1" with the tracker in its '
        'then, got "adaptive_spacy.MLflow.v1", which follows that log: then = [{"@loggers": '
        '"adaptive_spacy.MLflow.v1", ...}]',
    ),
    (
        "training.dev_corpus",
        "corpora.nope",
        "[training] dev_corpus: expected the name of a block such as corpora.train, got "
        "'corpora.nope'",
    ),
    (
        "training.annotating_components",
        ["nope"],
        "[training] annotating_components: expected pipes of transformer, transformer_ner, "
        "transformer_cleaner, got nope",
    ),
]


@pytest.mark.parametrize(("key", "value", "line"), LINES)
def test_a_setting_that_means_nothing_is_one_line(key: str, value: Any, line: str) -> None:
    assert faults(key, value) == [line]


def test_a_metric_of_which_less_is_better_may_be_monitored() -> None:
    assert faults("training.before_update.monitor", {"perplexity": -1.0}) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_adaptive_v1("1e-3"), "learn_rate] rate: expected a number > 0, got '1e-3'"),
        (lambda: make_adaptive_v1(1.0, cooldown="7"), "cooldown: expected a whole number >= 0"),
        (lambda: make_adaptive_v1(1.0, interval=True), "interval: expected a whole number >= 1"),
        (lambda: make_hybrid_v1("1"), "rate: expected a number > 0, got '1'"),
        (lambda: make_linear_v1(1.0, total=1), "total: expected at least warmup = 2, got 1"),
        (lambda: make_linear_v1(1.0, warmup=math.nan), "warmup: expected a number >= 0, got nan"),
        (lambda: make_adamw_v1(0.1, grad_clip=-1), "optimizer] grad_clip: expected a number >= 0"),
        (lambda: make_adamw_v1(0.1, head_rate="2"), "head_rate: expected a number > 0, got '2'"),
        (lambda: make_adamw_v1(0.1, beta1=2.0), "beta1: expected a number in [0, 1), got 2.0"),
        (lambda: make_adapt_v1(rate="fast"), "before_update] rate: expected a number > 0"),
    ],
)
def test_functions_refuse_bad_arguments(call, message: str) -> None:
    with pytest.raises(ConfigValidationError) as error:
        call()
    assert message in error.value.desc


def test_the_callback_repeats_it_for_configs_without_the_check(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 1], training__dropout=0)
    with pytest.raises(ConfigValidationError) as error:
        train_in_process(config)
    assert error.value.desc == f"[training] dropout: expected {DROPOUT}, got 0"


@pytest.mark.parametrize(
    ("setting", "value"),
    [("--nlp.lang", "zz"), ("--system.seed", "1.5"), ("--variables.rate", "0")],
)
def test_the_preflight_finds_what_spacy_breaks_off_at(setting: str, value: str) -> None:
    report = get_ready(ROOT / "configs" / "adaptive.cfg", [setting, value], with_forecast=False)
    assert len(report.findings.errors) in (1, 2)
    assert all(value in line for line in report.findings.errors)
