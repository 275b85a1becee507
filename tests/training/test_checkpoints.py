"""Checkpoints that are killed, diverge, or are written after the last evaluation."""

import copy
import io
import json
import shutil
import warnings
from pathlib import Path

import numpy
import pytest
import spacy
import srsly
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, load_model_from_config, registry

from adaptive_spacy.config.checksums import CHECKSUMS
from adaptive_spacy.ner.temperature import HIGHEST
from adaptive_spacy.training.checkpoints import make_checkpoint_v1
from adaptive_spacy.training.soundness import sums
from tests.conftest import ROOT
from tests.tiers import sliced
from tests.trainings import overrides
from tests.util import scripted_config

CHECKPOINT = {"@callbacks": "adaptive_spacy.checkpoint.v1"}


class Killed(BaseException):
    """What no code expects, as a kill."""


@pytest.fixture(scope="module", params=sliced(["adaptive"], of=["adaptive", "ner"]))
def pipeline(request, corpus_folder, transformer_folder) -> Language:
    settings = overrides(corpus_folder, transformer_folder)
    path = ROOT / "configs" / f"{request.param}.cfg"
    return init_nlp(load_config(path, overrides=settings))


def shift(nlp: Language, by: float) -> None:
    """Another state of all weights."""
    for name in nlp.pipe_names:
        model = getattr(nlp.get_pipe(name), "model", None)
        for node in model.walk() if model else ():
            for parameter in node.param_names:
                if node.has_param(parameter):
                    node.set_param(parameter, node.get_param(parameter) + by)
            for shim in node.shims:
                for parameter in shim._model.parameters():
                    parameter.data += by


def killed_after(parts: int, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the writing of a pipeline break off before the part of this number."""
    left = parts
    writing = spacy.util.to_disk

    def to_disk(path, writers, exclude):
        def counted(writer):
            def write(part):
                nonlocal left
                if left == 0:
                    raise Killed
                left -= 1
                writer(part)

            return write

        return writing(path, {key: counted(writer) for key, writer in writers.items()}, exclude)

    monkeypatch.setattr(spacy.util, "to_disk", to_disk)


def test_copy_of_what_a_training_writes_is_the_pipeline(pipeline: Language) -> None:
    written = make_checkpoint_v1()(pipeline)
    assert copy.copy(written).pipe_names == pipeline.pipe_names
    assert not hasattr(written, "nothing_of_that_name")


def test_broken_off_checkpoint_never_loads_as_a_mixture(
    pipeline: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model-last"
    checkpoint = make_checkpoint_v1()
    pipeline.meta["performance"] = {"ents_f": 0.25}
    checkpoint(pipeline).to_disk(folder)
    old = sums(spacy.load(folder))
    whole = Path(shutil.copytree(folder, tmp_path / "whole"))
    shift(pipeline, 0.5)
    pipeline.meta["performance"] = {"ents_f": 0.75}
    for parts in range(40):
        shutil.rmtree(folder)
        shutil.copytree(whole, folder)
        with monkeypatch.context() as patch:
            killed_after(parts, pipeline, patch)
            try:
                checkpoint(pipeline).to_disk(folder)
            except Killed:
                assert sums(spacy.load(folder)) == old
                assert performance(folder) == {"ents_f": 0.25}
                continue
        break
    # tokenizer, meta.json, three components with their parts, vocab, and then it was complete
    assert parts > 8
    new = sums(pipeline)
    assert new != old
    nlp = spacy.load(folder)
    assert sums(nlp) == new
    assert nlp.meta["performance"] == {"ents_f": 0.75}
    # nothing is left of those that were broken off
    assert {*tmp_path.iterdir()} == {folder, whole, tmp_path / ".lock"}
    assert (folder / "config.cfg").read_text() == (whole / "config.cfg").read_text()


@pytest.mark.slow
def test_cut_copy_of_a_checkpoint_is_refused_or_the_same(
    pipeline: Language, tmp_path: Path
) -> None:
    """spaCy copies model-last to model-best file by file."""
    make_checkpoint_v1()(pipeline).to_disk(tmp_path / "out" / "model-last")
    whole = tmp_path / "out" / "model-last"
    expected = sums(spacy.load(whole))
    # without checksums, as what `nlp.to_disk` writes
    (whole / CHECKSUMS).unlink()
    files = sorted(one.relative_to(whole) for one in whole.rglob("*") if one.is_file())
    tolerated = set()
    for file in files:
        for share in (None, 0.5):
            cut = Path(shutil.copytree(whole, tmp_path / "model-best"))
            if share is None:
                (cut / file).unlink()
            else:
                content = (cut / file).read_bytes()
                (cut / file).write_bytes(content[: int(share * len(content))])
            try:
                assert sums(spacy.load(cut)) == expected, file
                tolerated.add((file.as_posix(), share))
            except (ValueError, OSError, EOFError):
                pass
            shutil.rmtree(cut)
    # empty tables and settings: spaCy takes their absence for that
    vocab = ("key2row", "lookups.bin", "vectors", "vectors.cfg")
    empty = {"transformer/cfg", *(f"vocab/{name}" for name in vocab)}
    assert tolerated <= {(name, None) for name in empty}


def test_weights_that_are_not_finite_leave_the_former_checkpoint(
    pipeline: Language, tmp_path: Path
) -> None:
    folder = tmp_path / "model-last"
    checkpoint = make_checkpoint_v1()
    checkpoint(pipeline).to_disk(folder)
    before = {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    expected = sums(pipeline)
    shift(pipeline, float("inf"))
    with pytest.raises(ValueError, match="weights are not finite"):
        checkpoint(pipeline).to_disk(folder)
    # spaCy also writes when something else has ended the training: that one says why
    try:
        raise KeyError
    except KeyError:
        with pytest.warns(UserWarning, match="model-last is as it was"):
            checkpoint(pipeline).to_disk(folder)
    assert {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()} == before
    assert sums(spacy.load(folder)) == expected
    pipeline.from_disk(folder)


def trained(tmp_path: Path, scores: list[float], **settings) -> Path:
    config = scripted_config(
        tmp_path,
        scores,
        training__score_weights={"scripted": 1.0, "cats_score": None},
        training__before_to_disk=CHECKPOINT,
        **settings,
    )
    output = tmp_path / "out"
    output.mkdir()
    train(init_nlp(config), output)
    return output


def performance(folder: Path) -> dict:
    return srsly.read_json(folder / "meta.json")["performance"]


def test_scores_stay_where_no_weight_changed_since(tmp_path: Path) -> None:
    # one more update, at rate zero
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        output = trained(tmp_path, [0, 2, 1, 1, 1])
    assert performance(output / "model-last")["scripted"] == 1
    assert performance(output / "model-best")["scripted"] == 2


def test_scores_go_where_the_training_went_on(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="the last checkpoint states no scores"):
        # the last evaluation at step 4, the last update 5
        output = trained(tmp_path, [0, 2, 3], training__max_steps=5)
    assert performance(output / "model-last") == {}
    assert performance(output / "model-best")["scripted"] == 3


def test_score_that_is_not_a_number_is_null(tmp_path: Path) -> None:
    nlp = spacy.blank("xx")
    scores = {
        **{"a": float("nan"), "b": {"c": numpy.float32("inf"), "d": 0.5}, "e": None},
        # what a scorer of others may return
        **{"f": numpy.int64(3), "g": [numpy.float32(0.5), float("nan")]},
    }
    nlp.meta["performance"] = scores
    make_checkpoint_v1()(nlp).to_disk(tmp_path / "model-last")
    assert performance(tmp_path / "model-last") == {
        "a": None,
        "b": {"c": None, "d": 0.5},
        "e": None,
        "f": 3,
        "g": [0.5, None],
    }
    assert nlp.meta["performance"] is scores


def test_other_callback_is_called_first(tmp_path: Path) -> None:
    @registry.callbacks("test.named")
    def make_named():
        def name(nlp):
            nlp.meta["name"] = "named"
            return nlp

        return name

    checkpoint = make_checkpoint_v1(then=make_named())
    written = checkpoint(spacy.blank("xx"))
    written.to_disk(tmp_path / "model-last")
    assert written.meta["name"] == spacy.load(tmp_path / "model-last").meta["name"] == "named"
    assert [token.text for token in written("two words")] == ["two", "words"]
    with pytest.raises(ValueError, match="E914"):
        make_checkpoint_v1(then=lambda nlp: None)(spacy.blank("xx"))  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("output", [None, "out"])
def test_temperature_is_kept_without_files_and_in_copies(
    output: str | None, corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    @registry.callbacks("test.rebuilt")
    def make_rebuilt():
        def rebuild(nlp):
            return load_model_from_config(nlp.config).from_bytes(nlp.to_bytes())

        return rebuild

    config = load_config(
        ROOT / "configs" / "adaptive.cfg", overrides=overrides(corpus_folder, transformer_folder)
    )
    rebuilt = {"@callbacks": "test.rebuilt"}
    config["training"].update(
        eval_frequency=8, max_steps=16, before_to_disk={**CHECKPOINT, "then": rebuilt}
    )
    nlp, _ = train(init_nlp(config), tmp_path / output if output else None)
    kept = nlp.get_pipe("transformer_ner").temperature
    assert kept != 1.0
    dev = registry.resolve({"dev": config.interpolate()["corpora"]["dev"]})["dev"]
    # the training changed nothing else since
    assert nlp.evaluate(dev(nlp))["temperature"] == kept
    if output:
        written = spacy.load(tmp_path / output / "model-last")
        assert written.get_pipe("transformer_ner").temperature == kept


def test_meta_keeps_every_digit_where_spacys_own_writer_does_not(tmp_path: Path) -> None:
    nlp = spacy.blank("xx")
    scores = {"ents_f": 0.1234567890123456, "ents_loss": 1e-12, "per": {"a": 1 / 3}}
    nlp.meta["performance"] = scores
    make_checkpoint_v1()(nlp).to_disk(tmp_path / "ours" / "model-last")
    meta = json.loads((tmp_path / "ours" / "model-last" / "meta.json").read_text())
    assert meta["performance"] == scores
    # spaCy 3.8; if it keeps them too, ours need not write the file
    nlp.to_disk(tmp_path / "spacys")
    spacys = json.loads((tmp_path / "spacys" / "meta.json").read_text())["performance"]
    assert (spacys["ents_loss"], spacys["ents_f"]) == (0.0, 0.123456789)


def test_confidences_that_tell_little_are_told_at_the_end(
    corpus_folder: Path, transformer_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = overrides(corpus_folder, transformer_folder)
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings)
    config["training"].update(eval_frequency=2, max_steps=2)
    shown = "transformer_ner: its temperature is 10, the highest"
    for temperature in (9.9, HIGHEST):
        monkeypatch.setattr(
            "adaptive_spacy.ner.component.best_temperature", lambda _, found=temperature: found
        )
        out = io.StringIO()
        nlp, _ = train(init_nlp(config), None, stdout=out)
        assert nlp.get_pipe("transformer_ner").temperature == temperature
        said = " ".join(out.getvalue().split())
        assert (shown in said) == (temperature == HIGHEST)
