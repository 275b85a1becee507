import shutil
import warnings
from pathlib import Path

import pytest
import spacy
import srsly
import torch
from spacy.util import load_config
from thinc.api import Config
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.config.checksums import seal
from adaptive_spacy.serving import precision
from adaptive_spacy.serving.package import package
from adaptive_spacy.serving.precision import measure_precision, set_precision
from tests.conftest import SENTENCES, write_corpus
from tests.serving.wheels import read_wheel
from tests.transformer.pipelines import OURS, THEIRS, make_nlp, trained


@pytest.fixture(scope="module")
def pipeline(transformer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "model-last"
    trained(transformer_folder, OURS).to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("dev") / "dev.spacy", SENTENCES)


def test_cost_is_that_of_the_precision_alone(pipeline: Path, dev: Path) -> None:
    cost = measure_precision(pipeline, dev, "int8")
    before, after = cost.before["spacy"], cost.after["spacy"]
    assert before["ents_f"] == after["ents_f"] == 1.0
    assert 0 < abs(before["ents_loss"] - after["ents_loss"]) < 0.1
    assert cost.describe() == {
        "precision": "int8",
        "corpus": dev.as_posix(),
        "ents_f": {"before": 1.0, "after": 1.0},
        "computed_in": {"before": "float32", "after": "int8"},
    }
    assert cost.doubts() is None
    model = load_config(pipeline / "config.cfg")["components"]["transformer"]["model"]
    assert model["precision"] == "float32", "the pipeline itself is as it was"


def test_package_computes_in_the_precision_and_says_what_it_costs(
    pipeline: Path, dev: Path, tmp_path: Path
) -> None:
    arguments = ["package", str(pipeline), str(tmp_path), "--name", "fast_ner"]
    result = CliRunner().invoke(app, [*arguments, "--precision", "int8", "--corpus", str(dev)])
    assert result.exit_code == 0, result.output
    assert f"F1 on {dev}: 1.0000 as trained, 1.0000 in int8" in result.output
    (wheel,) = tmp_path.glob("xx_fast_ner-*.whl")
    meta = srsly.json_loads(read_wheel(wheel, "xx_fast_ner-0.1.0/meta.json"))
    assert meta["precision"]["ents_f"] == {"before": 1.0, "after": 1.0}
    assert meta["performance"]["ents_f"] == 1.0
    # one statement of what it computes in
    assert meta["training"]["precision"].endswith("int8")
    assert "auto" not in read_wheel(wheel, "xx_fast_ner-0.1.0/README.md")
    assert 'precision = "int8"' in read_wheel(wheel, "xx_fast_ner-0.1.0/config.cfg")
    assert 'precision = "int8"' not in (pipeline / "config.cfg").read_text()


@pytest.mark.parametrize(
    ("before", "asked", "computed", "said"),
    [
        # a processor has no float16
        ("int8", "float16", ("int8", "float32"), "float16 was float32 here"),
        (
            *("bfloat16", "float32", ("float32", "float32")),
            "both were computed in float32 here and do not tell what float32 costs",
        ),
        (
            *("float32", "auto", ("float32", "float32")),
            "both were computed in float32 here and do not tell what auto costs",
        ),
        ("float32", "int8", ("float32", "int8"), None),
    ],
)
def test_cost_says_what_was_computed_in(
    before: str,
    asked: str,
    computed: tuple[str, str],
    said: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    monkeypatch.setattr(precision, "evaluate", lambda pipeline, corpus, gpu_id: {})
    monkeypatch.setattr(precision, "compare_speed", lambda *paths, gpu_id: 1.5)
    model = {"@architectures": OURS, "precision": before}
    components = {"transformer": {"factory": "transformer", "model": model}}
    Config({"components": components}).to_disk(tmp_path / "config.cfg")
    cost = measure_precision(tmp_path, tmp_path / "dev.spacy", asked)
    assert cost.computed_in == computed
    assert cost.doubts() == said
    # one against itself says nothing
    assert cost.speedup == (1.5 if computed[0] != computed[1] else None)


@pytest.mark.parametrize(
    ("asked", "speedup", "warned"),
    [("int8", 0.94, True), ("int8", 1.42, False), ("float32", 0.7, False)],
)
def test_package_says_how_much_faster_it_is_and_warns_where_it_is_not(
    asked: str,
    speedup: float,
    warned: bool,
    pipeline: Path,
    dev: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """float32 is asked for to get the same scores anywhere, however long it takes."""
    monkeypatch.setattr(precision, "compare_speed", lambda *paths, gpu_id: speedup)
    before = Path(shutil.copytree(pipeline, tmp_path / "model-last"))
    set_precision(before, "int8" if asked == "float32" else "float32")
    arguments = ["package", str(before), str(tmp_path / "out"), "--name", "fast_ner"]
    result = CliRunner().invoke(app, [*arguments, "--precision", asked, "--corpus", str(dev)])
    assert result.exit_code == 0, result.output
    other = "int8" if asked == "float32" else "float32"
    assert f"Tagging here in {asked}: {speedup:.2f} times as fast as in {other}" in result.output
    assert (f"⚠ {asked} is no faster on this machine" in result.output) == warned


def test_package_warns_of_a_cost_that_was_not_measured(
    pipeline: Path, dev: Path, tmp_path: Path
) -> None:
    """And of nothing else: the pipeline is sealed, as a training leaves it."""
    sealed = Path(shutil.copytree(pipeline, tmp_path / "model-last"))
    seal(sealed)
    arguments = ["package", str(sealed), str(tmp_path / "out"), "--name", "half_ner"]
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*changed since the pipeline was written")
        result = CliRunner().invoke(
            app, [*arguments, "--precision", "float16", "--corpus", str(dev)]
        )
    assert result.exit_code == 0, result.output
    assert "⚠ both were computed in float32 here and do not tell what float16" in result.output
    (wheel,) = (tmp_path / "out").glob("xx_half_ner-*.whl")
    said = "Computes in float16: F1 100.00, scored in float32; 100.00 as trained, scored in float32"
    assert said in read_wheel(wheel, "xx_half_ner-0.1.0/README.md")


def test_package_of_a_corpus_with_nothing_to_find_states_no_score(
    pipeline: Path, dev: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = {"corpus": dev.as_posix(), "spacy": {"ents_f": None}}
    monkeypatch.setattr(precision, "evaluate", lambda *_, **__: scores)
    arguments = ["package", str(pipeline), str(tmp_path / "out"), "--name", "x"]
    arguments += ["--precision", "float32", "--corpus", str(dev)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert f"F1 on {dev}: - as trained, - in float32" in result.output


def test_package_takes_scores_of_one_precision(pipeline: Path, dev: Path, tmp_path: Path) -> None:
    arguments = ["package", str(pipeline), str(tmp_path / "out"), "--name", "x"]
    arguments += ["--precision", "int8", "--corpus", str(dev), "--metrics", str(tmp_path / "m")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "--metrics and --precision: expected one of them" in result.output


def test_package_names_the_option_of_an_unknown_precision(
    pipeline: Path, dev: Path, tmp_path: Path
) -> None:
    arguments = ["package", str(pipeline), str(tmp_path / "out"), "--name", "x"]
    result = CliRunner().invoke(app, [*arguments, "--precision", "int4", "--corpus", str(dev)])
    assert (result.exit_code, result.output) == (
        1,
        "✘ --precision: expected one of auto, float32, bfloat16, float16, int8, got 'int4'\n",
    )
    assert not (tmp_path / "out").exists()


def test_package_scores_and_times_on_the_gpu_that_is_named(
    pipeline: Path, dev: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated, timed = [], []

    def evaluate(pipeline: str, corpus: Path, *, gpu_id: int) -> dict:
        evaluated.append(gpu_id)
        return {"corpus": corpus.as_posix(), "spacy": {"ents_f": 0.5}}

    def compare_speed(*paths: Path, gpu_id: int) -> float:
        timed.append(gpu_id)
        return 2.0

    monkeypatch.setattr(precision, "evaluate", evaluate)
    monkeypatch.setattr(precision, "compare_speed", compare_speed)
    arguments = ["package", str(pipeline), str(tmp_path / "out"), "--name", "x", "--gpu-id", "1"]
    result = CliRunner().invoke(app, [*arguments, "--precision", "int8", "--corpus", str(dev)])
    assert result.exit_code == 0, result.output
    assert (evaluated, timed) == ([1, 1], [1])
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "--gpu-id: expected --precision beside it, whose scores it computes" in result.output


@pytest.mark.parametrize("option", ["--precision=int8", "--corpus=dev.spacy"])
def test_package_wants_precision_and_corpus_together(
    pipeline: Path, tmp_path: Path, option
) -> None:
    arguments = ["package", str(pipeline), str(tmp_path / "out"), "--name", "x", option]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "--precision and --corpus: expected both or neither, got one" in result.output
    assert not (tmp_path / "out").exists()


def test_precision_is_set_where_it_can_be(pipeline: Path, transformer_folder, tmp_path) -> None:
    with pytest.raises(ValueError, match="expected one of auto, float32, bfloat16, float16, int8"):
        set_precision(pipeline, "int4")
    nlp = make_nlp(transformer_folder, THEIRS)
    nlp.config.to_disk(tmp_path / "config.cfg")
    with pytest.raises(ValueError, match=r"expected a transformer of .*TransformerModel.v1"):
        set_precision(tmp_path, "int8")
    spacy.blank("en").config.to_disk(tmp_path / "config.cfg")
    with pytest.raises(ValueError, match="found none"):
        set_precision(tmp_path, "int8")


@pytest.fixture
def replaced(pipeline: Path, tmp_path: Path) -> Path:
    """The pipeline with its transformer inside of the component."""
    nlp = spacy.load(pipeline)
    nlp.replace_listeners("transformer", "transformer_ner", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    nlp.to_disk(tmp_path / "replaced")
    return tmp_path / "replaced"


def test_precision_of_a_transformer_inside_of_a_component(
    replaced: Path, dev: Path, tmp_path: Path
) -> None:
    arguments = ["package", str(replaced), str(tmp_path / "out"), "--name", "whole_ner"]
    result = CliRunner().invoke(app, [*arguments, "--precision", "int8", "--corpus", str(dev)])
    assert result.exit_code == 0, result.output
    (wheel,) = (tmp_path / "out").glob("xx_whole_ner-*.whl")
    assert 'precision = "int8"' in read_wheel(wheel, "xx_whole_ner-0.1.0/config.cfg")
    assert "| precision | int8 |" in read_wheel(wheel, "xx_whole_ner-0.1.0/README.md")
    # without another one the card says its own
    (plain, *_) = package(replaced, tmp_path / "plain", name="whole_ner")
    assert "| precision | float32 |" in read_wheel(plain, "xx_whole_ner-0.1.0/README.md")
    cost = measure_precision(replaced, dev, "int8")
    assert cost.before["spacy"]["ents_loss"] != cost.after["spacy"]["ents_loss"]


def test_refusal_names_the_pipeline_that_was_given(
    transformer_folder: Path, dev: Path, tmp_path: Path
) -> None:
    pipeline = tmp_path / "theirs"
    trained(transformer_folder, THEIRS, steps=1).to_disk(pipeline)
    with pytest.raises(ValueError, match="found none") as caught:
        measure_precision(pipeline, dev, "int8")
    assert str(caught.value).startswith(f"{pipeline}: expected a transformer of ")
