"""The adaptive blocks in configs of spaCy: for any pipe, and a second time without a change."""

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.cli.debug_config import debug_config
from spacy.tokens import Doc, DocBin, Span
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, load_model_from_config, registry
from thinc.api import Config

from adaptive_spacy.adaptive.schedule import PhaseMachine
from adaptive_spacy.config.insertion import add_adaptive_blocks, init
from adaptive_spacy.training.checks.config import find_faults
from adaptive_spacy.training.history import read_history
from tests.config.spacys_configs import spacys_config
from tests.conftest import ROOT
from tests.tiers import sliced
from tests.util import write_texts

PIPES = ["ner", "textcat", "spancat"]


@pytest.fixture(scope="module")
def corpora(corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder with train.spacy and dev.spacy for each pipe."""
    texts, spans = (tmp_path_factory.mktemp(name) for name in ("texts", "spans"))
    for split, count in (("train", 20), ("dev", 4)):
        write_texts(texts / f"{split}.spacy", count)
        vocab = spacy.blank("xx").vocab
        docs = [Doc(vocab, words=["Ada", "met", "Ben", "Ray"]) for _ in range(count)]
        for doc in docs:
            doc.spans["sc"] = [Span(doc, 0, 1, "PER"), Span(doc, 2, 4, "PER")]
        DocBin(docs=docs).to_disk(spans / f"{split}.spacy")
    return {"ner": corpus_folder, "textcat": texts, "spancat": spans}


def paths(folder: Path) -> dict[str, str]:
    return {f"paths.{split}": str(folder / f"{split}.spacy") for split in ("train", "dev")}


@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize("pipe", sliced(["ner"], of=PIPES))
def test_spacys_configs_become_adaptive(
    pipe: str, gpu: bool, corpora, tmp_path, capsys, monkeypatch
) -> None:
    # spaCy's configs for a GPU name roberta-base
    monkeypatch.setattr(
        "adaptive_spacy.transformer.pretrained.require_reachable", lambda name: None
    )
    config = spacys_config(pipe, gpu)
    assert add_adaptive_blocks(config)
    once = config.to_str(interpolate=False)
    assert add_adaptive_blocks(config) == []
    assert config.to_str(interpolate=False) == once

    path = tmp_path / "config.cfg"
    config.to_disk(path, interpolate=False)
    settings = paths(corpora[pipe])
    nlp = load_model_from_config(
        load_config(path, overrides=settings, interpolate=False), auto_fill=True
    )
    assert list(find_faults(nlp)) == []
    schedule = nlp.config["training"]["optimizer"]["learn_rate"]
    assert schedule["rate"] == (5e-5 if gpu else 0.001)
    # leaves the process if it finds anything
    debug_config(path, overrides=settings)
    capsys.readouterr()


@pytest.mark.parametrize("pipe", PIPES)
@pytest.mark.slow
def test_spacys_configs_train_until_the_schedule_ends(pipe: str, corpora, tmp_path, capsys) -> None:
    config = spacys_config(pipe)
    add_adaptive_blocks(config)
    config = config.merge(small(pipe)).merge(
        {"paths": {split: str(corpora[pipe] / f"{split}.spacy") for split in ("train", "dev")}}
    )
    nlp = init_nlp(config)
    train(nlp, tmp_path)
    capsys.readouterr()
    history = read_history(tmp_path)
    machine = PhaseMachine(0.01, history[0].steps_per_round, cooldown=2, patience=2, least=200)
    machine.observe(0, history[0].score)
    ends = []
    for row in history[1:]:
        ends.append(machine.finished)
        machine.observe(row.step, row.score)
    # with rounds of one step there is one more: its batch was drawn already
    assert machine.finished
    assert sum(ends) == (machine.interval == 1)
    assert nlp.meta["performance"][next(iter(nlp.config["training"]["score_weights"]))] > 0.5


def small(pipe: str) -> dict[str, Any]:
    """A network that trains in no time, and the shortest cool-down."""
    training = {"optimizer": {"learn_rate": {"cooldown": 2, "rate": 0.01}}}
    if pipe == "textcat":
        return {"training": training}
    tok2vec = {"encode": {"width": 16, "depth": 1}, "embed": {"rows": [100] * 4}}
    return {"training": training, "components": {"tok2vec": {"model": tok2vec}}}


@registry.callbacks("test.noted_before_update")
def make_before_update():
    return lambda nlp, info: None


@registry.callbacks("test.noted_before_init")
def make_before_init():
    return lambda nlp: None


def test_init_keeps_callbacks_batchers_and_other_loggers() -> None:
    config = spacys_config("textcat")
    training = config["training"]
    batcher = training["batcher"].copy()
    training["before_update"] = {"@callbacks": "test.noted_before_update"}
    training["logger"] = {"@loggers": "spacy.LookupLogger.v1"}
    config["initialize"]["before_init"] = {"@callbacks": "test.noted_before_init"}
    done = add_adaptive_blocks(config)
    assert training["before_update"] == {
        "@callbacks": "adaptive_spacy.adapt.v1",
        "monitor": None,
        "then": {"@callbacks": "test.noted_before_update"},
    }
    assert training["batcher"] == {
        "@batchers": "adaptive_spacy.until_finished.v1",
        "batcher": batcher,
    }
    assert training["logger"] == {"@loggers": "spacy.LookupLogger.v1"}
    assert config["initialize"]["before_init"] == {
        "@callbacks": "adaptive_spacy.check.v1",
        "then": {"@callbacks": "test.noted_before_init"},
    }
    said = "\n".join(done)
    assert "monitors the main score, then test.noted_before_update" in said
    assert "adaptive_spacy.check.v1, then test.noted_before_init" in said
    assert "spacy.LookupLogger.v1 kept: it writes no history.jsonl" in said
    assert add_adaptive_blocks(config) == []


def test_init_replaces_spacys_logger_which_cannot_take_a_promise() -> None:
    config = spacys_config("textcat")
    config["training"]["logger"] = {"@loggers": "spacy.ConsoleLogger.v3", "progress_bar": "eval"}
    add_adaptive_blocks(config)
    assert config["training"]["logger"]["@loggers"] == "adaptive_spacy.Logger.v1"


def test_init_says_that_batches_grow() -> None:
    assert any(
        "size grows from 100 to 1000" in one for one in add_adaptive_blocks(spacys_config("ner"))
    )
    assert not any(
        "size grows" in one for one in add_adaptive_blocks(spacys_config("ner", gpu=True))
    )


@pytest.mark.parametrize(
    ("monitor", "patience", "weights"),
    [
        (None, 2, {"cats_score": 1.0}),
        ({"cats_macro_f": 1.0}, 2, {"cats_score": 1.0, "cats_macro_f": None}),
        ({"my_loss": -1.0}, 0, {"cats_score": 1.0, "my_loss": None}),
        # the score among them can stand still at first
        (
            {"my_loss": -1.0, "cats_macro_f": 1.0},
            2,
            {"cats_score": 1.0, "my_loss": None, "cats_macro_f": None},
        ),
        # beside the loss it may
        (
            [{"my_loss": -1.0}, {"cats_macro_f": 1.0}],
            0,
            {"cats_score": 1.0, "my_loss": None, "cats_macro_f": None},
        ),
    ],
)
def test_init_forgives_rounds_of_a_score_and_none_of_a_loss(monitor, patience, weights) -> None:
    config = spacys_config("textcat")
    config["training"]["score_weights"] = {"cats_score": 1.0}
    add_adaptive_blocks(config, monitor=monitor)
    training = config["training"]
    schedule = training["optimizer"]["learn_rate"]
    assert (schedule["patience"], schedule["least"]) == (patience, 200)
    assert training["before_update"]["monitor"] == monitor
    assert training["score_weights"] == weights


def test_a_second_init_takes_another_monitor_and_rate_alone() -> None:
    config = spacys_config("textcat")
    add_adaptive_blocks(config)
    assert add_adaptive_blocks(config, monitor={"cats_micro_f": 1.0}, rate=0.5) == [
        "[training.optimizer.learn_rate] rate = 0.5 (was 0.001)",
        "[training.before_update] monitor = {'cats_micro_f': 1.0}",
    ]


def test_init_finds_the_callback_inside_of_another() -> None:
    config = spacys_config("textcat")
    add_adaptive_blocks(config)
    inner = config["training"]["before_update"]
    config["training"]["before_update"] = {"@callbacks": "mine.v1", "then": inner}
    assert add_adaptive_blocks(config, monitor={"cats_micro_f": 1.0}) == [
        "[training.before_update.then] monitor = {'cats_micro_f': 1.0}",
    ]
    assert inner["monitor"] == {"cats_micro_f": 1.0}


@pytest.mark.parametrize("place", ["optimizer", "optimizer.learn_rate", "before_update"])
def test_init_finds_its_blocks_in_another_section(place: str) -> None:
    config = spacys_config("textcat")
    add_adaptive_blocks(config, monitor={"cats_micro_f": 1.0}, rate=0.5)
    once = config.interpolate()["training"]
    block = config["training"]
    *outer, last = place.split(".")
    for part in outer:
        block = block[part]
    config["mine"] = {last: block[last]}
    block[last] = f"${{mine.{last}}}"
    where = ".".join(["training", *outer])
    assert add_adaptive_blocks(config) == [f"[{where}] {last} copied from ${{mine.{last}}}"]
    assert config.interpolate()["training"] == once
    assert add_adaptive_blocks(config) == []


def test_init_replaces_another_schedule_of_another_section_with_its_rate() -> None:
    config = spacys_config("textcat")
    config["mine"] = {"learn_rate": {"@schedules": "constant.v1", "rate": 0.25}}
    config["training"]["optimizer"]["learn_rate"] = "${mine.learn_rate}"
    done = add_adaptive_blocks(config)
    assert not any("copied" in line for line in done)
    schedule = config["training"]["optimizer"]["learn_rate"]
    assert (schedule["@schedules"], schedule["rate"]) == ("adaptive_spacy.adaptive.v1", 0.25)


def test_init_keeps_longer_trainings_and_own_intervals() -> None:
    config = spacys_config("textcat")
    own = {"@misc": "adaptive_spacy.steps.v1", "corpus": "${corpora.train}", "epochs": 0.5}
    config["training"].update(
        {"max_epochs": 9000, "eval_frequency": {**own, "batcher": "${training.batcher}"}}
    )
    add_adaptive_blocks(config)
    assert config["training"]["max_epochs"] == 9000
    assert config["training"]["eval_frequency"]["epochs"] == 0.5
    assert "least" not in config["training"]["eval_frequency"]


@pytest.mark.parametrize("name", ["adaptive", "paper", "ner"])
def test_init_leaves_adaptive_configs_alone(name: str) -> None:
    config = load_config(ROOT / "configs" / f"{name}.cfg", interpolate=False)
    before = config.to_str(interpolate=False)
    assert add_adaptive_blocks(config) == []
    assert config.to_str(interpolate=False) == before


def test_init_fills_what_a_base_config_lacks() -> None:
    config = Config({"nlp": {"lang": "en", "pipeline": ["textcat"]}})
    config["components"] = {"textcat": {"factory": "textcat"}}
    add_adaptive_blocks(config)
    assert config["training"]["optimizer"]["@optimizers"] == "Adam.v1"
    assert config["training"]["batcher"]["batcher"]["@batchers"] == "spacy.batch_by_words.v1"
    assert add_adaptive_blocks(config) == []


def test_init_refuses_bad_files_and_leaves_them_alone(tmp_path: Path) -> None:
    path, output = tmp_path / "a.cfg", tmp_path / "b.cfg"
    with pytest.raises(ValueError, match=r"a\.cfg: expected a config of spaCy, found nothing"):
        init(path, output)
    spacys_config("textcat").to_disk(path, interpolate=False)
    output.write_text("mine")
    with pytest.raises(ValueError, match=r"b\.cfg: exists already; --force replaces it"):
        init(path, output)
    assert output.read_text() == "mine"
    init(path, output, force=True)
    assert init(output, None)[1] == []
    path.write_text("no config")
    with pytest.raises(ValueError, match=r"a\.cfg: "):
        init(path, None)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.cfg", "b.cfg"]
