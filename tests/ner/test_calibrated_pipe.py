"""The temperature of a component: measured by evaluations, kept by trainings, seen in
confidences, and in no entity."""

import pickle
from pathlib import Path

import numpy
import pytest
import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam

from adaptive_spacy.ner.decoding import DECODERS
from adaptive_spacy.ner.temperature import LOWEST
from adaptive_spacy.training.checkpoints import keep_temperatures
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples, learn, make_nlp
from tests.transformer.pipelines import OURS
from tests.transformer.pipelines import trained as trained_with

#: Annotated against what was learnt, so that not all is right
NOISE = [("Ada visits Ben Ray", "B-LOC O B-PER I-PER"), ("London calls Cleo", "B-PER O B-PER")]
MEASURED = ("ents_loss", "ents_loss_refined", "temperature")


def test_state_of_a_version_without_temperatures_is_none(transformer_folder: Path) -> None:
    nlp = trained_with(transformer_folder, OURS)
    ner = nlp.get_pipe("transformer_ner")
    del ner.cfg["temperature"]
    state = ner.save_state(nlp)
    ner.temperature = 3.0
    ner.load_state(nlp, state, None)
    assert ner.temperature == 1.0
    assert "temperature" not in ner.cfg
    assert confidences(nlp)


def noisy(nlp: Language) -> list[Example]:
    return examples(nlp, SENTENCES + NOISE)


def entities(nlp: Language) -> list[list[tuple[str, str]]]:
    docs = nlp.pipe(text for text, _ in SENTENCES + NOISE)
    return [[(ent.text, ent.label_) for ent in doc.ents] for doc in docs]


def confidences(nlp: Language) -> list[float]:
    docs = nlp.pipe(text for text, _ in SENTENCES + NOISE)
    return [ent._.confidence for doc in docs for ent in doc.ents]


@pytest.fixture
def nlp(transformer_folder: Path) -> Language:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    return nlp


def test_evaluation_measures_and_changes_nothing(nlp: Language) -> None:
    pipe = nlp.get_pipe("transformer_ner")
    before = confidences(nlp)
    scores = nlp.evaluate(noisy(nlp))
    assert scores["ents_loss_refined"] < scores["ents_loss"]
    assert scores["temperature"] not in (1.0, LOWEST)
    for metric in MEASURED:
        assert scores[f"{metric}_transformer_ner"] == scores[metric]
    assert pipe.temperature == pipe.cfg["temperature"] == 1.0
    assert confidences(nlp) == before
    # and the same again, though the training kept it in between
    keep_temperatures(nlp)
    assert pipe.temperature == scores["temperature"]
    again = nlp.evaluate(noisy(nlp))
    assert {one: again[one] for one in MEASURED} == {one: scores[one] for one in MEASURED}


@pytest.mark.parametrize("scheme", ["BIO", "BILOU", "IO"])
@pytest.mark.parametrize("decoder", DECODERS)
def test_temperature_moves_confidences_and_no_entity(transformer_folder, scheme, decoder) -> None:
    nlp = make_nlp(transformer_folder, scheme=scheme, decoder=decoder)
    pipe = nlp.get_pipe("transformer_ner")
    # so little that some are close to a tie, and until some are sure
    for steps in (14, 60):
        learn(nlp, steps=steps)
        found, sure = entities(nlp), confidences(nlp)
        for temperature in (0.1, 0.7, 1.9, 10.0):
            pipe.temperature = temperature
            assert entities(nlp) == found
            moved = [pair for pair in zip(confidences(nlp), sure, strict=True) if pair[1] > 0.75]
            assert all(a != b and (a > b) == (temperature < 1) for a, b in moved)
        pipe.temperature = 1.0
        assert confidences(nlp) == sure
    assert len(moved) > 5


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16", "int8"])
def test_temperature_moves_no_entity_in_any_precision(transformer_folder, precision: str) -> None:
    nlp = trained_with(transformer_folder, OURS, precision=precision)
    found, sure = entities(nlp), confidences(nlp)
    nlp.get_pipe("transformer_ner").temperature = 3.0
    assert any(found)
    assert entities(nlp) == found
    assert all(a < b for a, b in zip(confidences(nlp), sure, strict=True))


def test_temperature_survives_files_and_copies(nlp: Language, tmp_path: Path) -> None:
    # more digits than spaCy's JSON keeps
    nlp.get_pipe("transformer_ner").temperature = 1.7 + 1 / 3e4
    expected = nlp.get_pipe("transformer_ner").temperature
    assert expected == 1.700033
    sure = confidences(nlp)
    nlp.to_disk(tmp_path / "model")
    other = spacy.load(tmp_path / "model")
    other.get_pipe("transformer_ner").temperature = 4.0
    copies = [
        spacy.load(tmp_path / "model"),
        other.from_bytes(nlp.to_bytes()),
        pickle.loads(pickle.dumps(nlp)),
    ]
    for copy in copies:
        assert copy.get_pipe("transformer_ner").temperature == expected
        assert confidences(copy) == pytest.approx(sure, rel=1e-6)


def test_pipelines_from_before_load_at_1(nlp: Language, tmp_path: Path) -> None:
    sure = confidences(nlp)
    nlp.to_disk(tmp_path / "model")
    file = tmp_path / "model" / "transformer_ner" / "cfg"
    cfg = srsly.read_json(file)
    assert cfg.pop("temperature") == 1.0
    srsly.write_json(file, cfg)
    loaded = spacy.load(tmp_path / "model")
    assert loaded.get_pipe("transformer_ner").temperature == 1.0
    assert confidences(loaded) == sure


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), True, "1", None])
def test_what_is_no_temperature_is_refused(nlp: Language, value) -> None:
    pipe = nlp.get_pipe("transformer_ner")
    with pytest.raises(ValueError, match="temperature: expected a number > 0, got"):
        pipe.temperature = value
    # nor from a file that somebody changed
    pipe.cfg["temperature"] = value
    with pytest.raises(ValueError, match="transformer_ner: temperature: expected a number > 0"):
        nlp("Ada lives in Paris .")


def test_training_keeps_nothing_where_dev_says_nothing(nlp: Language) -> None:
    pipe = nlp.get_pipe("transformer_ner")
    for some in ([("", "")], SENTENCES[:1]):
        # no tokens at all, and all of them right
        learn(nlp, steps=1)
        nlp.evaluate(examples(nlp, some))
        keep_temperatures(nlp)
        assert pipe.temperature == 1.0


@pytest.mark.parametrize("first", [SENTENCES + NOISE, [("", "")]])
def test_only_the_first_evaluation_of_weights_counts(nlp: Language, first) -> None:
    """Others are of other sentences, such as those of a test set that a logger watches."""
    pipe = nlp.get_pipe("transformer_ner")
    nlp.evaluate(examples(nlp, first))
    keep_temperatures(nlp)
    expected = pipe.temperature
    others = nlp.evaluate(examples(nlp, NOISE))
    assert others["temperature"] != expected
    keep_temperatures(nlp)
    assert pipe.temperature == expected
    # until they are other weights
    nlp.update(examples(nlp), sgd=Adam(1e-3))
    others = nlp.evaluate(examples(nlp, NOISE))
    keep_temperatures(nlp)
    assert pipe.temperature == others["temperature"]


@pytest.mark.parametrize("how", ["disk", "bytes"])
def test_pipeline_from_before_read_over_another_has_none_of_it(nlp, how, tmp_path) -> None:
    pipe = nlp.get_pipe("transformer_ner")
    del pipe.cfg["temperature"]
    nlp.to_disk(tmp_path / "model")
    written = nlp.to_bytes()
    nlp.evaluate(noisy(nlp))
    keep_temperatures(nlp)
    assert pipe.temperature != 1.0
    if how == "disk":
        nlp.from_disk(tmp_path / "model")
    else:
        nlp.from_bytes(written)
    # nor what was measured with the former weights
    keep_temperatures(nlp)
    assert pipe.temperature == 1.0


def test_component_that_does_not_learn_keeps_its_temperature(nlp, tmp_path: Path) -> None:
    nlp.get_pipe("transformer_ner").temperature = 2.5
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    loaded.evaluate(noisy(loaded))
    keep_temperatures(loaded)
    assert loaded.get_pipe("transformer_ner").temperature == 2.5


def test_fresh_weights_have_no_temperature(nlp: Language) -> None:
    pipe = nlp.get_pipe("transformer_ner")
    pipe.temperature = 2.5
    nlp.evaluate(noisy(nlp))
    nlp.initialize(lambda: examples(nlp))
    keep_temperatures(nlp)
    assert pipe.temperature == 1.0


def test_what_the_loss_leaves_out_does_not_move_the_temperature(nlp: Language) -> None:
    def measured(some: list[Example]) -> list[float]:
        scores = nlp.evaluate(some)
        return [scores[metric] for metric in MEASURED]

    expected = measured(noisy(nlp))
    # a sentence without annotation, an empty one, and a type that the model lacks
    bare = Doc(nlp.vocab, words=["Ada", "calls"])
    unknown = Doc(nlp.vocab, words=["Ada"], ents=["B-PLANET"])
    more = [*noisy(nlp), Example(nlp.make_doc("Ada calls"), bare), *examples(nlp, [("", "")])]
    assert measured(more) == pytest.approx(expected, rel=1e-6)
    with pytest.warns(UserWarning, match="types that the model lacks"):
        found = measured([*noisy(nlp), Example(nlp.make_doc("Ada"), unknown)])
    assert found == pytest.approx(expected, rel=1e-6)


def test_refined_loss_does_not_depend_on_how_sure_the_network_is(nlp: Language) -> None:
    scores = nlp.evaluate(noisy(nlp))
    linear = nlp.get_pipe("transformer_ner").model.get_ref("output_layer")
    for name in ("W", "b"):
        linear.set_param(name, linear.get_param(name) / numpy.float32(scores["temperature"]))
    divided = nlp.evaluate(noisy(nlp))
    assert divided["ents_loss"] != pytest.approx(scores["ents_loss"], rel=1e-3)
    assert divided["ents_loss_refined"] == pytest.approx(scores["ents_loss_refined"], rel=1e-5)
    assert divided["temperature"] == pytest.approx(1.0, abs=1e-4)
    assert divided["ents_f"] == scores["ents_f"]


def test_what_is_measured_is_reported_whatever_the_scorer(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder, scorer={"@scorers": "spacy.ner_scorer.v1"})
    learn(nlp, steps=1)
    scores = nlp.evaluate(noisy(nlp))
    assert set(MEASURED) <= scores.keys()
    assert scores["ents_loss"] == scores["ents_loss_transformer_ner"] > 0
    silent = make_nlp(transformer_folder, scorer=None)
    learn(silent, steps=1)
    assert not set(MEASURED) & silent.evaluate(noisy(silent)).keys()
