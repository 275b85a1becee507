import json
import re

import numpy as np
import pytest
import torch
import typer
from transformers import BertForTokenClassification
from typer.testing import CliRunner

from benchmarks.quality import yardstick, yardstick_data, yardstick_scores
from tests.benchmarks.quality.yardsticks import (
    LABELS,
    SENTENCES,
    make_doc,
    make_settings,
    tiny_config,
)


def without_times(record):
    clocks = ("train_seconds", "evaluate_seconds", "train_words_per_second")
    epochs = [{k: v for k, v in epoch.items() if k not in clocks} for epoch in record["epochs"]]
    return {**record, "epochs": epochs}


def epoch_record(number, dev_loss, dev_f1, test_f1):
    """F1 is given as (greedy, viterbi)."""
    return {
        "epoch": number,
        "dev_loss": dev_loss,
        "dev_f1": dict(zip(("greedy", "viterbi"), dev_f1, strict=True)),
        "test_f1": dict(zip(("greedy", "viterbi"), test_f1, strict=True)),
    }


def test_train_learns_sentences(corpus, transformer):
    record = yardstick.train(make_settings(corpus, transformer, epochs=50, rate=5e-3))
    last = record["epochs"][-1]
    assert last["dev_f1"] == last["test_f1"] == {"greedy": 1.0, "viterbi": 1.0}
    assert last["dev_loss"] < 0.1 < record["epochs"][0]["dev_loss"]
    assert record["labels"] == LABELS
    assert record["data"]["train"] == {
        "sentences": 4,
        "tokens": 18,
        "entities": 4,
        "tokens_without_piece": 0,
        "tags_unknown_to_model": 0,
    }


def test_train_same_seed_same_record(corpus, transformer):
    first, again, other = (
        yardstick.train(make_settings(corpus, transformer, seed=seed)) for seed in (1, 1, 2)
    )
    assert without_times(first) == without_times(again)
    assert first["epochs"][0]["train_loss"] != other["epochs"][0]["train_loss"]


def test_train_rate_rises_then_falls_to_zero(corpus, transformer):
    # two updates per epoch: warm-up over updates 0 and 1, then (8 - t) / 6
    record = yardstick.train(make_settings(corpus, transformer, epochs=4, rate=6e-3))
    rates = [epoch["rate"] for epoch in record["epochs"]]
    assert rates == pytest.approx([3e-3, 5e-3, 3e-3, 1e-3])


def test_train_history_has_the_epochs(corpus, transformer, tmp_path):
    history = tmp_path / "history.jsonl"
    history.write_text("of an older run\n")
    record = yardstick.train(make_settings(corpus, transformer), history=history)
    assert [json.loads(line) for line in history.read_text().splitlines()] == record["epochs"]


def test_train_ends_on_broken_loss(corpus, transformer):
    with pytest.raises(ValueError, match=r"^training loss is (nan|inf) in epoch \d+: lower rate$"):
        yardstick.train(make_settings(corpus, transformer, rate=1e38, epochs=9))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs and batch_size: expected at least 1, got 0 and 2"),
        ({"batch_size": 0}, "epochs and batch_size: expected at least 1, got 2 and 0"),
        ({"warmup": 3}, "warmup: expected 0 to 2 epochs (all of them), got 3"),
        ({"warmup": -1}, "warmup: expected 0 to 2 epochs (all of them), got -1"),
    ],
)
def test_settings_impossible(settings, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make_settings("corpus", "transformer", **settings)


def test_evaluate_does_not_depend_on_batches(tokenizer):
    torch.manual_seed(0)
    model = BertForTokenClassification(tiny_config(num_labels=len(LABELS)))
    sentences = [yardstick_data.encode(make_doc(*s), tokenizer, LABELS, 128) for s in SENTENCES]
    loss, f1 = yardstick_scores.evaluate(model, tokenizer, LABELS, sentences)
    alone, f1_alone = yardstick_scores.evaluate(model, tokenizer, LABELS, sentences, batch_size=1)
    assert loss == pytest.approx(alone, rel=1e-5)
    assert f1 == f1_alone
    # a mean over tokens, not over sentences
    losses = [yardstick_scores.evaluate(model, tokenizer, LABELS, [s])[0] for s in sentences]
    sizes = [len(sentence.tokens) for sentence in sentences]
    assert loss == pytest.approx(np.average(losses, weights=sizes), rel=1e-5)


def test_make_optimizer_decays_neither_bias_nor_norm():
    model = BertForTokenClassification(tiny_config())
    optimizer = yardstick.make_optimizer(model, make_settings("", ""))
    decay = {
        id(parameter): group["weight_decay"]
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    spared = {name for name, parameter in model.named_parameters() if decay[id(parameter)] == 0.0}
    assert spared == {
        name for name, _ in model.named_parameters() if "bias" in name or "LayerNorm" in name
    }
    assert set(decay.values()) == {0.0, 0.01}


def test_summarize_picks_on_dev_only():
    epochs = [
        epoch_record(1, 0.5, (0.6, 0.1), (0.90, 0.91)),
        epoch_record(2, 0.3, (0.7, 0.8), (0.50, 0.51)),
        epoch_record(3, 0.4, (0.9, 0.7), (0.40, 0.41)),
        epoch_record(4, 0.6, (0.2, 0.3), (0.30, 0.31)),
    ]
    summary = yardstick_scores.summarize(epochs)
    assert summary["greedy"] == {
        "best_loss": {"epoch": 2, "dev_loss": 0.3, "dev_f1": 0.7, "test_f1": 0.50},
        "best_f1": {"epoch": 3, "dev_loss": 0.4, "dev_f1": 0.9, "test_f1": 0.40},
        "last": {"epoch": 4, "dev_loss": 0.6, "dev_f1": 0.2, "test_f1": 0.30},
    }
    assert summary["viterbi"] == {
        "best_loss": {"epoch": 2, "dev_loss": 0.3, "dev_f1": 0.8, "test_f1": 0.51},
        "best_f1": {"epoch": 2, "dev_loss": 0.3, "dev_f1": 0.8, "test_f1": 0.51},
        "last": {"epoch": 4, "dev_loss": 0.6, "dev_f1": 0.3, "test_f1": 0.31},
    }


def test_summarize_takes_latest_of_equals():
    epochs = [epoch_record(i, 0.5, (0.6, 0.6), (i / 10, i / 10)) for i in (1, 2)]
    picks = yardstick_scores.summarize(epochs)["viterbi"]
    assert {rule: pick["epoch"] for rule, pick in picks.items()} == {
        "best_loss": 2,
        "best_f1": 2,
        "last": 2,
    }


@pytest.fixture(scope="module")
def app():
    app = typer.Typer()
    app.command()(yardstick.yardstick_cli)
    return app


def test_yardstick_cli_writes_record(app, corpus, transformer, tmp_path):
    output = tmp_path / "runs" / "one.json"
    options = {"corpus": corpus, "transformer": transformer, "output": output}
    options |= {"epochs": 2, "warmup": 1, "batch-size": 2, "seed": 3, "fraction": 0.5}
    result = CliRunner().invoke(
        app, [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    )
    assert result.exit_code == 0, result.output
    record = json.loads(output.read_text())
    assert record["settings"]["seed"] == 3
    assert record["data"]["train"]["sentences"] == 2
    assert sorted(path.name for path in output.parent.iterdir()) == ["one.json", "one.jsonl"]
    assert yardstick_scores.render(record["summary"]) in result.output


def test_yardstick_cli_says_faults_in_one_line(app, tmp_path):
    output = tmp_path / "one.json"
    result = CliRunner().invoke(
        app, ["--corpus", "none", "--transformer", "none", "--output", str(output)]
    )
    assert result.exit_code == 1
    assert "✘ corpus: expected none/train.spacy, which does not exist" in result.output
    assert not output.exists()


@pytest.mark.parametrize(
    ("output", "there", "message"),
    [
        ("one.jsonl", {}, "--output: expected a .json file, got "),
        # would share a history with wikigold-0.5
        ("wikigold-0.1", {}, "--output: expected a .json file, got "),
        (
            "one.json",
            {"one.jsonl": "mine"},
            "one.jsonl: expected a new file, or that of a finished",
        ),
        ("one.json", {"one.json": "[]"}, "one.json: expected a new file, or that of a finished"),
        (
            "one.json",
            {"one.json": '{"method": "other"}', "one.jsonl": "mine"},
            "one.json: expected",
        ),
    ],
)
def test_yardstick_cli_replaces_nothing_but_its_own(app, tmp_path, output, there, message):
    for name, text in there.items():
        (tmp_path / name).write_text(text)
    result = CliRunner().invoke(
        app, ["--corpus", "none", "--transformer", "none", "--output", str(tmp_path / output)]
    )
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == there


def test_yardstick_cli_repeats_its_own(app, tmp_path, monkeypatch):
    output = tmp_path / "one.json"
    yardstick.write_record({"method": "yardstick"}, output)
    output.with_suffix(".jsonl").write_text("{}")
    again = {"method": "yardstick", "summary": "again"}
    monkeypatch.setattr(yardstick, "train", lambda settings, history: again)
    monkeypatch.setattr(yardstick, "render", str)
    result = CliRunner().invoke(
        app, ["--corpus", "none", "--transformer", "none", "--output", str(output)]
    )
    assert (result.exit_code, result.output) == (0, "again\n")
    assert json.loads(output.read_text()) == again
