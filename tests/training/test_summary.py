from pathlib import Path

import pytest
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab
from thinc.api import Config

from adaptive_spacy.adaptive.schedule import PhaseMachine
from adaptive_spacy.training.messages import command_line, wrap
from adaptive_spacy.training.summary import Ending
from adaptive_spacy.training.table import Table

#: Of `ending` with four rows
DONE = {"training": {"max_steps": 9}}
WEIGHTS = {"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_loss": None}


def ending(scores: list[float], dev: Path | str = "corpus/dev.spacy", **settings) -> Ending:
    rows = [
        {
            "epoch": i,
            "step": 3 * i,
            "score": score,
            "best": score == max(scores[: i + 1]),
            "scores": {"ents_f": score, "ents_loss": 0.5},
        }
        for i, score in enumerate(scores)
    ]
    training = {
        "max_steps": 0,
        "max_epochs": 9,
        "patience": 0,
        "before_update": None,
        "dev_corpus": "corpora.dev",
        **settings.pop("training", {}),
    }
    config = Config({"training": training, "corpora": {"dev": {"path": str(dev)}}})
    table = Table(settings.pop("weights", WEIGHTS))
    arguments = {
        "machine": None,
        "updates": rows[-1]["step"] + 1,
        "seconds": 3725.4,
        "output": Path("training/my-run"),
        "error": None,
        **settings,
    }
    return Ending(config, table, rows=rows, **arguments)


def finished(
    *, cooldown: int = 2, scores: tuple[float, ...] = (0.5, 0.4, 0.4, 0.4)
) -> PhaseMachine:
    machine = PhaseMachine(peak=1.0, interval=3, warmup=0, cooldown=cooldown)
    # that of step 0, which the first round rises above
    machine.observe(0, 0.0)
    for i, score in enumerate(scores, start=1):
        machine.observe(3 * i, score)
    return machine


def test_training_whose_first_score_is_no_number_has_no_best() -> None:
    """spaCy takes nothing for better than NaN, and ends by patience counted from there."""
    found = ending([0.5, 0.6, 0.1, 0.1])
    for row in found.rows:
        row["best"] = False
    found.rows[0]["score"] = None
    text = " ".join(" ".join(found.lines()).split())
    assert "⚠ The first main score, of the weights in [training.score_weights], is no" in text
    assert "there is no model-best" in text
    assert "Best: none. Last: epoch 3" in text
    # the last is far below, and yet nothing names a folder that is not there
    assert found.fell
    assert "The last is far below the best: take a lower learning rate next time" in text
    assert "my-run/model-best" not in text
    assert "package training/my-run/model-last" in text
    patient = ending([0.5, 0.6, 0.7, 0.8], training={"patience": 9})
    patient.rows[0]["score"] = None
    assert patient.limit == "patience"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"machine": finished()}, "Finished: a whole cool-down of 2 rounds brought nothing more"),
        ({"machine": finished(cooldown=0)}, "Finished: 1 round brought nothing more"),
        ({"training": {"max_steps": 9}}, "Done: [training] max_steps = 9"),
        (
            {"training": {"patience": 6}},
            "Done: no better score for 6 updates ([training] patience)",
        ),
        ({}, "Done: [training] max_epochs = 9"),
        (
            {
                "machine": finished(scores=(0.5, 0.4)),
                "training": {"before_update": {"@callbacks": "adaptive_spacy.adapt.v1"}},
            },
            "Done: [training] max_epochs = 9, 2 rounds or more too early",
        ),
        ({"error": KeyboardInterrupt()}, "Stopped by hand"),
        ({"error": OSError("no space\n")}, "Broken off by an error: no space"),
        ({"error": MemoryError()}, "Broken off by an error: MemoryError"),
    ],
)
def test_reason(settings, reason: str) -> None:
    assert ending([0.1, 0.7, 0.6, 0.6], **settings).reason() == reason


def test_end_says_what_came_out_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "test.spacy").touch()
    text = "\n".join(ending([0.1, 0.7, 0.65, 0.69], tmp_path / "dev.spacy", **DONE).lines())
    assert "3 epochs, 10 updates in 1:02:05" in text
    assert "Best: epoch 1, F1 70.0 (model-best). Last: epoch 3, F1 69.0 (model-last)" in text
    joined = text.replace(" \\\n      ", " ")
    assert f"adaptive-spacy evaluate training/my-run/model-last {tmp_path}/test.spacy" in joined
    assert "test.spacy --output metrics/my-run.json\n" in joined
    assert "adaptive-spacy report training/my-run\n" in joined
    assert "adaptive-spacy plot training/my-run plots/my-run" in joined
    assert "adaptive-spacy package training/my-run/model-last packages --name my_run" in joined
    assert "--name my_run --metrics metrics/my-run.json\n" in joined
    for name in (
        "PHASE: the rate rises (warmup)",
        "TRAIN LOSS: mean of",
        "DEV LOSS: per token",
        "in percent",
        "BEST: * the best",
    ):
        assert name in " ".join(text.split())
    assert "⚠" not in text


def test_test_set_of_shards_is_what_comes_next(tmp_path: Path) -> None:
    def evaluated(dev: str) -> str:
        text = "".join(ending([0.1, 0.7], tmp_path / dev).lines()).replace(" \\\n      ", " ")
        return text.partition("model-last ")[2].split()[0]

    for split in ("dev", "test"):
        (tmp_path / split).mkdir()
    (tmp_path / "dev" / "000.spacy").touch()
    # a folder without docs is none
    assert evaluated("dev.spacy") == evaluated("dev") == f"{tmp_path}/dev"
    (tmp_path / "test" / "000.spacy").touch()
    assert evaluated("dev.spacy") == evaluated("dev") == f"{tmp_path}/test"
    # of one's own name there is no other
    assert evaluated("test.spacy") == f"{tmp_path}/test"
    assert list(ending([0.1, 0.7], ".").lines())


@pytest.mark.parametrize("name", ["dev.jsonl", "dev.spacy", None])
def test_dev_that_cannot_be_evaluated_is_not_named(tmp_path: Path, name: str | None) -> None:
    """A reader of one's own reads what it likes from its `path`."""
    (tmp_path / "dev.jsonl").touch()
    DocBin(docs=[Doc(Vocab(), words=["Ada", "sings"])]).to_disk(tmp_path / "dev.spacy")
    found = ending([0.1, 0.7], "" if name is None else tmp_path / name)
    text = "".join(found.lines()).replace(" \\\n      ", " ")
    assert "evaluate" not in text
    assert "--metrics" not in text
    assert "report training/my-run" in text


def test_commands_that_load_the_model_get_its_code(tmp_path: Path) -> None:
    (tmp_path / "dev.spacy").touch()
    text = "\n".join(ending([0.1, 0.7], tmp_path / "dev.spacy", code=Path("my code.py")).lines())
    named = [one for one in text.replace(" \\\n      ", " ").splitlines() if "    adaptive" in one]
    with_code = {one.split()[1]: one.endswith(" --code 'my code.py'") for one in named}
    assert with_code == {"evaluate": True, "report": True, "plot": False, "package": True}


def test_epochs_that_were_not_evaluated_any_more_are_told() -> None:
    text = " ".join(" ".join(ending([0.1, 0.7, 0.65], updates=10).lines()).split())
    assert text.startswith("✔ Done: [training] max_epochs = 9. 9 epochs, 10 updates in")
    assert "Best: epoch 1, F1 70.0 (model-best). Last: update 10, not evaluated any more" in text
    assert "65.0" not in text
    # a schedule that had not come to its end is no success
    adapted = {"before_update": {"@callbacks": "adaptive_spacy.adapt.v1"}}
    machine = finished(scores=(0.5, 0.4))
    (first, *_) = ending([0.1, 0.7, 0.65], machine=machine, training=adapted).lines()
    assert first.startswith("⚠ Done: [training] max_epochs = 9, 2 rounds or more too early")


@pytest.mark.parametrize(
    ("folder", "name"), [("Wörter 2", "w_rter_2"), ("t13 ü", "t13"), ("数据", "model")]
)
def test_name_of_a_package_is_one_that_packages_may_have(folder: str, name: str) -> None:
    text = " ".join(ending([0.1, 0.7], output=Path("training") / folder).lines())
    assert f"--name {name}" in text.replace("\\\n      ", "")


@pytest.mark.parametrize(
    ("scores", "settings", "warned", "model"),
    [
        ([0.1, 0.788, 0.588], {}, "far below the best: use model-best", "model-best"),
        ([0.0, 0.0, 0.0], {}, "F1 is 0.0 in every row: do not use this model", None),
        (
            [0.1, 0.7, 0.69],
            {"error": ValueError("nan")},
            "Broken off by an error: nan",
            "model-best",
        ),
        ([0.1, 0.7, 0.69], {"error": KeyboardInterrupt()}, "Stopped by hand", "model-best"),
    ],
)
def test_end_warns(scores, settings, warned: str, model: str | None) -> None:
    text = " ".join(" ".join(ending(scores, **settings).lines()).replace("\\", "").split())
    assert "✔" not in text or model == "model-best"
    assert warned in text
    assert "⚠" in text
    assert (f"package training/my-run/{model} packages" in text) == (model is not None)


@pytest.mark.parametrize("learnt", [True, False])
def test_end_without_learning_is_no_success(learnt: bool) -> None:
    # F1 is above 0 all the time, and what is monitored never rises; or it does at first
    machine = finished(scores=(0.5,) * 9 if learnt else (-0.5,) * 60)
    assert machine.finished
    assert machine.stalled == (not learnt)
    first = next(iter(ending([0.7, 0.6, 0.6], machine=machine).lines()))
    said = "✔ Finished: " if learnt else "⚠ Ended without learning: "
    assert first.startswith(said)


def test_end_names_no_scores_that_no_command_makes() -> None:
    text = " ".join(ending([0.1, 0.7], weights={"accuracy": 1.0}).lines())
    assert "package training/my-run/model-last" in text
    assert "evaluate" not in text
    assert "--metrics" not in text


def test_end_without_output_names_no_folders() -> None:
    text = "\n".join(ending([0.1, 0.7], output=None).lines())
    assert "model-" not in text.replace("kept as model-best", "")
    assert "Next" not in text


@pytest.mark.parametrize("columns", [80, 200])
def test_messages_break_between_words(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = "⚠ transformer_ner: entities-that-do-not-fit, of a kind, are masked; " * 6
    found = wrap(text)
    assert all(len(line) <= min(columns, 100) for line in found.splitlines())
    assert found.split() == text.split()
    words = ["adaptive-spacy", "evaluate", "my folder/" + "x" * 60, "corpus/dev.spacy", "-o", "a"]
    command = command_line(words)
    assert "'my folder/" in command
    assert all(line.endswith(" \\") for line in command.splitlines()[:-1])
