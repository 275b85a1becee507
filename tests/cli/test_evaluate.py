"""`adaptive-spacy evaluate` as its user meets it."""

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, DocBin
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a pipeline `model` that knows Ada, and a corpus `test.spacy`."""
    nlp = spacy.blank("xx")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Ada"}])
    nlp.to_disk(tmp_path / "model")
    words = ["Ada", "met", "Cleo"]
    doc = Doc(nlp.vocab, words=words, ents=["B-PER", "O", "B-PER"])
    DocBin(docs=[doc]).to_disk(tmp_path / "test.spacy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    """RETURNS (tuple[int, str, str]): Exit code, stdout, stderr."""
    result = CliRunner().invoke(app, ["evaluate", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_evaluate_prints_a_table_and_writes_json(folder):
    code, out, _ = run("model", "test.spacy", "--output", "metrics/test.json")
    assert code == 0
    assert ["PER", "100.00", "50.00", "66.67", "2"] in [line.split() for line in out.splitlines()]
    assert out.endswith("✔ Saved to metrics/test.json\n")
    metrics = json.loads((folder / "metrics" / "test.json").read_text(encoding="utf8"))
    assert metrics["pipeline"] == "model"
    assert metrics["corpus"] == "test.spacy"
    assert metrics["seqeval"]["micro"]["support"] == 2
    # one found, one missed
    assert ["PER", "1", "0", "0", "0", "1", "0"] in [line.split() for line in out.splitlines()]
    assert metrics["errors"]["total"]["missed"] == 1


def test_evaluate_where_nothing_is_annotated_and_something_is_found(folder):
    doc = Doc(spacy.blank("xx").vocab, words=["Ada", "sings"], ents=["O", "O"])
    DocBin(docs=[doc]).to_disk(folder / "test.spacy")
    code, out, err = run("model", "test.spacy", "--output", "test.json")
    assert code == 0, err
    assert ["F1", "if", "mended", *["+0.00"] * 4, "-"] in [line.split() for line in out.split("\n")]
    errors = json.loads((folder / "test.json").read_text(encoding="utf8"))["errors"]
    assert errors["total"]["spurious"] == 1
    assert errors["f1_if_mended"]["spurious"] is None


def test_evaluate_prints_alone_without_output(folder):
    code, out, _ = run("model", "test.spacy")
    assert code == 0
    assert "Saved" not in out
    assert sorted(path.name for path in folder.iterdir()) == ["model", "test.spacy"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("nowhere", "test.spacy"),
            "✘ pipeline: expected an installed package or a folder with a config.cfg, such as "
            "model-last of a training, got nowhere\n",
        ),
        (
            ("model", "nowhere.spacy"),
            "✘ corpus: expected a .spacy file or a folder of them, got nowhere.spacy\n",
        ),
    ],
)
def test_evaluate_says_in_one_line_what_is_wrong(folder, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out, err) == (1, "", message)


def test_evaluate_without_the_gpu_it_was_asked_for_is_one_line(folder, monkeypatch):
    def refuse(gpu_id: int) -> None:
        raise ValueError("Cannot use GPU,\nCuPy is not installed")

    monkeypatch.setattr("spacy.cli._util.require_gpu", refuse)
    code, out, err = run("model", "test.spacy", "--gpu-id", "0")
    assert (code, out, err) == (1, "", "✘ Cannot use GPU, CuPy is not installed\n")


def history(folder: Path, *scores: float) -> None:
    """Write the history of a training."""
    keys = ("phase", "rate", "train_loss", "dev_loss", "p", "r", "score")
    with (folder / "history.jsonl").open("w", encoding="utf8") as file:
        for i, f in enumerate(scores):
            row = {**dict.fromkeys(keys), "epoch": i, "step": 2 * i, "f": f, "best": True}
            row |= {"seconds": 1.0, "steps_per_round": 2, "losses": {}, "scores": {}}
            file.write(json.dumps(row) + "\n")


def test_evaluate_warns_of_a_last_model_far_below_the_best(folder):
    (folder / "run").mkdir()
    history(folder / "run", 0.0, 0.788, 0.588)
    for name in ("model-last", "model-best"):
        shutil.copytree(folder / "model", folder / "run" / name)
    code, _, err = run("run/model-last", "test.spacy")
    assert code == 0
    said = " ".join(err.split())
    assert "this is model-last, whose F1 on dev was 58.8, far below the 78.8 of epoch 1" in said
    assert "--vars.select best" in said
    # however it is named
    (folder / "current").symlink_to("run/model-last")
    assert "far below the 78.8" in " ".join(run("current", "test.spacy")[2].split())
    with contextlib.chdir(folder / "current"):
        assert "far below the 78.8" in " ".join(run(".", "../../test.spacy")[2].split())
    for other in ("run/model-best", "model"):
        assert run(other, "test.spacy")[::2] == (0, "")
    (folder / "run" / "history.jsonl").write_text("damaged")
    assert run("run/model-last", "test.spacy")[::2] == (0, "")


def test_evaluate_warns_of_a_pipeline_that_finds_nothing(folder):
    doc = Doc(spacy.blank("xx").vocab, words=["Cleo", "sleeps"], ents=["B-PER", "O"])
    DocBin(docs=[doc]).to_disk(folder / "other.spacy")
    code, _, err = run("model", "other.spacy")
    assert code == 0
    assert err.startswith("⚠ F1 is 0: this pipeline finds none of the entities")


def test_evaluate_refuses_a_checkpoint_that_was_broken_off(folder):
    (folder / "model" / "config.cfg").unlink()
    code, _, err = run("model", "test.spacy")
    assert code == 1
    assert err.startswith("✘ pipeline: model is not complete, it has no config.cfg")
    assert err.count("\n") == 1


def test_evaluate_writes_through_a_link(folder):
    (folder / "store").mkdir()
    (folder / "link.json").symlink_to("store/test.json")
    assert run("model", "test.spacy", "--output", "link.json")[0] == 0
    assert (folder / "link.json").is_symlink()
    assert json.loads((folder / "store" / "test.json").read_text())["pipeline"] == "model"
