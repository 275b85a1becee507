"""`spacy train`: with `adaptive.cfg` as users run it, in a process of its own."""

import json
from pathlib import Path

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from adaptive_spacy.ner.component import TransformerNER
from tests.conftest import ROOT
from tests.trainings import CONFIGS, overrides, spacy_train, spacy_train_process
from tests.util import scripted_config


def read_history(output: Path) -> list[dict]:
    return [json.loads(line) for line in (output / "history.jsonl").read_text().splitlines()]


def replay(history: list[dict], metric: str, sign: float, **arguments) -> list[float]:
    """The rates that the schedule gives for the scores of a history, as a pure function."""
    interval = history[0]["steps_per_round"]
    schedule = make_adaptive_v1(rate=history[2]["rate"], interval=interval, **arguments)
    for row in history[1:]:
        schedule.observe(row["step"], sign * row["scores"][metric])
    return [schedule.machine.rate(row["step"]) for row in history]


def test_train_transformer_ner(corpus_folder, transformer_folder, tmp_path: Path) -> None:
    done = spacy_train_process(
        CONFIGS / "adaptive.cfg", tmp_path, **overrides(corpus_folder, transformer_folder)
    )
    assert done.returncode == 0, done.stderr
    history = read_history(tmp_path)
    # 48 sentences in batches of 16: 3 steps a round
    assert [row["step"] for row in history] == list(range(0, 3 * len(history), 3))
    phases = [row["phase"] for row in history]
    assert phases[:2] == ["warmup", "warmup"]
    assert phases[-7:] == ["cooldown"] * 7
    rates = [row["rate"] for row in history]
    assert rates == pytest.approx(replay(history, "ents_loss", -1.0, least=200))
    # 200 updates at least, in rounds of 3
    assert history[-1]["step"] >= 200
    # the last evaluation saw the update before the last rate, which is zero
    assert rates[-1] == pytest.approx(3e-3 / 21)
    losses = [row["dev_loss"] for row in history[1:]]
    assert min(losses) not in losses[-7:]
    assert [row["best"] for row in history[1:]] == [
        row["f"] >= max(one["f"] for one in history[: i + 2]) for i, row in enumerate(history[1:])
    ]
    nlp = spacy.load(tmp_path / "model-last")
    assert [ent.label_ for ent in nlp("Ada lives in Paris .").ents] == ["PER", "LOC"]
    assert nlp("Ada lives in Paris .")._.trf_data is None


@pytest.mark.slow
def test_train_by_the_refined_loss(corpus_folder, transformer_folder, tmp_path: Path) -> None:
    settings = overrides(corpus_folder, transformer_folder)
    settings["training.before_update.monitor"] = '{"ents_loss_refined": -1.0}'
    done = spacy_train(CONFIGS / "adaptive.cfg", tmp_path, **settings)
    assert done.exit_code == 0, done.exception
    history = read_history(tmp_path)
    rates = [row["rate"] for row in history]
    assert rates == pytest.approx(replay(history, "ents_loss_refined", -1.0, least=200))
    # what decides is seen
    assert "REFINED" in done.output
    assert all(0 < row["scores"]["ents_loss_refined"] <= row["dev_loss"] for row in history)
    # each checkpoint has the temperature of its own evaluation
    rows = {"model-best": [row for row in history if row["best"]][-1], "model-last": history[-1]}
    for name, row in rows.items():
        nlp = spacy.load(tmp_path / name)
        expected = row["scores"]["temperature"]
        assert nlp.get_pipe("transformer_ner").temperature == expected != 1.0, name
        assert nlp.meta["performance"]["temperature"] == expected
    weights = load_config(tmp_path / "model-last" / "config.cfg")["training"]["score_weights"]
    assert weights["ents_loss_refined"] is weights["temperature"] is None


def test_train_spacys_ner(corpus_folder, transformer_folder, tmp_path: Path) -> None:
    done = spacy_train(
        CONFIGS / "ner.cfg", tmp_path, **overrides(corpus_folder, transformer_folder)
    )
    assert done.exit_code == 0, done.exception
    history = read_history(tmp_path)
    rates = [row["rate"] for row in history]
    assert rates == pytest.approx(replay(history, "ents_f", 1.0, patience=2, least=200))
    assert [row["phase"] for row in history][-7:] == ["cooldown"] * 7
    assert all(row["dev_loss"] is None and row["train_loss"] is not None for row in history)
    assert history[-1]["f"] > 0.5


def test_train_textcat(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 2, 1, 3, 2, 2, 2])
    config["training"]["logger"] = {"@loggers": "adaptive_spacy.Logger.v1"}
    # the scripted pipe lives in the tests: any pipe that scores will do
    code = tmp_path / "functions.py"
    code.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tests.util\n")
    config.to_disk(tmp_path / "config.cfg")
    done = spacy_train(tmp_path / "config.cfg", tmp_path / "out", code=code)
    assert done.exit_code == 0, done.exception
    history = read_history(tmp_path / "out")
    assert [row["step"] for row in history] == [0, 2, 4, 6, 8, 10, 12]
    assert [row["rate"] for row in history] == [1, 1, 1, 0.75, 1, 0.75, 0.25]
    assert [row["scores"]["scripted"] for row in history] == [0, 2, 1, 3, 2, 2, 2]
    assert [row["phase"] for row in history[2:]] == [
        "plateau",
        "cooldown",
        "plateau",
        "cooldown",
        "cooldown",
    ]


def test_train_textcat_on_its_own_score_with_spacys_logger(tmp_path: Path) -> None:
    config = scripted_config(
        tmp_path,
        [0],
        training__before_update__monitor=None,
        nlp__pipeline=["textcat"],
        components__scripted=None,
        training__score_weights__scripted=None,
        training__optimizer__learn_rate__rate=0.01,
        training__optimizer__learn_rate__cooldown=3,
    )
    config["training"]["optimizer"]["@optimizers"] = "Adam.v1"
    config["training"]["logger"] = {"@loggers": "spacy.ConsoleLogger.v1"}
    config.to_disk(tmp_path / "config.cfg")
    done = spacy_train(tmp_path / "config.cfg", tmp_path / "out")
    assert done.exit_code == 0, done.exception
    rows = [line.split() for line in done.stdout.splitlines() if line.strip()[:1].isdigit()]
    scores = [float(row[-1]) for row in rows][1:]
    schedule = make_adaptive_v1(rate=0.01, interval=2, warmup=0, cooldown=3)
    for i, score in enumerate(scores, start=1):
        assert not schedule.finished
        schedule.observe(2 * i, score)
    assert schedule.finished


def test_adaptive_and_paper_train_the_same(
    corpus_folder, transformer_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same batches, same rates, equal weights: the two differ in which checkpoint they rank
    best, and adaptive.cfg makes one update more, at rate zero, where it need not make 200."""
    batches: list[tuple[str, ...]] = []
    rates: list[float] = []
    update, finish = TransformerNER.update, TransformerNER.finish_update

    def recording_update(self, examples, **kwargs):
        batches.append(tuple(eg.reference.text for eg in examples))
        return update(self, examples, **kwargs)

    def recording_finish(self, sgd):
        rates.append(sgd.learn_rate)
        finish(self, sgd)

    monkeypatch.setattr(TransformerNER, "update", recording_update)
    monkeypatch.setattr(TransformerNER, "finish_update", recording_finish)

    def run(name: str):
        batches.clear()
        rates.clear()
        settings = overrides(corpus_folder, transformer_folder)
        # as the paper's; "auto" is another one where the processor has bfloat16
        settings["components.transformer.model.precision"] = "float32"
        settings["training.optimizer.learn_rate.least"] = 0
        nlp, _ = train(init_nlp(load_config(CONFIGS / f"{name}.cfg", overrides=settings)))
        weights = [
            nlp.get_pipe(pipe).model.to_bytes() for pipe in ("transformer", "transformer_ner")
        ]
        return list(batches), list(rates), weights

    adaptive, paper = run("adaptive"), run("paper")
    assert len(adaptive[0]) == len(paper[0]) + 1
    assert adaptive[0][:-1] == paper[0]
    assert adaptive[1] == [*paper[1], 0.0]
    assert adaptive[2] == paper[2]


@pytest.mark.parametrize("name", ["original", "stable", "hybrid"])
def test_fixed_lengths_end_at_rate_zero(
    name: str, corpus_folder, transformer_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: list[float] = []
    seen: list[float] = []
    finish, score = TransformerNER.finish_update, TransformerNER.score
    optimizers: list = []

    def recording_finish(self, sgd):
        rates.append(sgd.learn_rate)
        optimizers[:] = [sgd]
        finish(self, sgd)

    def recording_score(self, examples, **kwargs):
        seen.append(optimizers[0].learn_rate)
        return score(self, examples, **kwargs)

    monkeypatch.setattr(TransformerNER, "finish_update", recording_finish)
    monkeypatch.setattr(TransformerNER, "score", recording_score)
    settings = overrides(corpus_folder, transformer_folder)
    train(init_nlp(load_config(CONFIGS / f"{name}.cfg", overrides=settings)))
    rounds = {"original": 5, "stable": 20, "hybrid": 16}[name]
    assert len(rates) == 3 * rounds + 1
    assert len(seen) == rounds + 1
    assert seen[-1] == 0.0
    assert seen[-2] > 0.0
    assert max(rates) == pytest.approx(3e-3)


POISON = """
from spacy.util import registry

@registry.callbacks("test.poison")
def make_poison():
    def poison(nlp, info):
        if info["step"] == 4:
            linear = nlp.get_pipe("transformer_ner").model.get_ref("output_layer")
            linear.get_param("W")[:] = {value}
    return poison
"""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("float('nan')", "the training loss is nan at step 4"),
        # weights so large that the logits overflow
        ("1e38", "loss is nan at step 4"),
    ],
)
def test_diverging_training_stops_and_keeps_the_best(
    value: str, message: str, corpus_folder, transformer_folder, tmp_path: Path
) -> None:
    config = load_config(CONFIGS / "adaptive.cfg")
    config["training"]["before_update"]["then"] = {"@callbacks": "test.poison"}
    config.to_disk(tmp_path / "config.cfg")
    code = tmp_path / "functions.py"
    code.write_text(POISON.replace("{value}", value))
    settings = {**overrides(corpus_folder, transformer_folder), "code": code}
    done = spacy_train(tmp_path / "config.cfg", tmp_path / "out", **settings)
    assert done.exit_code == 1
    assert message in str(done.exception)
    assert "Lower the learning rate ([training.optimizer])" in str(done.exception)
    best = spacy.load(tmp_path / "out" / "model-best")
    assert best.evaluate([])["ents_f"] is None
    weights = best.get_pipe("transformer_ner").model.get_ref("output_layer").get_param("W")
    assert abs(weights).max() < 1.0
