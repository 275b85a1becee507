"""What the component learns from, and that it learns it."""

import warnings
from pathlib import Path

import numpy
import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Adam, ConfigValidationError, fix_random_seed

from tests.conftest import SENTENCES
from tests.ner.pipelines import GOLD, NO_DROPOUT, examples, found, learn, make_nlp


def test_component_reports_the_mean_loss_of_the_batch(transformer_folder: Path) -> None:
    # without dropout, the training loss is the loss that the evaluation reports
    nlp = make_nlp(transformer_folder, NO_DROPOUT)
    nlp.initialize(lambda: examples(nlp))
    losses: dict[str, float] = {}
    nlp.update(examples(nlp), sgd=False, losses=losses, drop=0.0)
    assert losses["transformer_ner"] == pytest.approx(nlp.evaluate(examples(nlp))["ents_loss"])


def test_accumulated_gradients_add_up_to_k_times_the_mean(transformer_folder: Path) -> None:
    """With accumulate_gradient = k the means of k parts add up: k times one mean."""

    nlp = make_nlp(transformer_folder, NO_DROPOUT)
    nlp.initialize(lambda: examples(nlp))
    linear = nlp.get_pipe("transformer_ner").model.get_ref("output_layer")

    def gradient(parts: list[list[Example]]) -> numpy.ndarray:
        for part in parts:
            nlp.update(part, sgd=False, drop=0.0)
        result = linear.get_grad("W").copy()
        linear.set_grad("W", result * 0)
        return result

    parts = [examples(nlp, [SENTENCES[0]] * 2) for _ in range(4)]
    whole = [eg for part in parts for eg in part]
    assert abs(gradient([whole])).max() > 1e-3
    assert gradient(parts) == pytest.approx(4 * gradient([whole]), abs=1e-5)


def test_missing_annotation_is_not_learnt(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    fix_random_seed(0)
    nlp.initialize(lambda: examples(nlp))
    component = nlp.get_pipe("transformer_ner")
    words = ["Ada", "lives", "in", "Paris"]
    reference = Doc(nlp.vocab, words=words)
    reference.set_ents([Span(reference, 0, 1, "PER")], missing=[reference[1:4]])
    example = Example(Doc(nlp.vocab, words=words), reference)
    transformer = nlp.get_pipe("transformer")
    transformer.set_annotations([example.x], transformer.predict([example.x]))
    output = component.model.predict([example.x])
    _, (gradient,) = component.get_loss([example], output)
    assert gradient[0].any()
    assert not gradient[1:].any()
    unannotated = Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words))
    assert nlp.update([unannotated], sgd=False)["transformer_ner"] == 0.0


def test_entities_that_cut_tokens_are_counted_once_and_masked(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    reference = Doc(nlp.vocab, words=["New", "York"], spaces=[False, False], ents=["O", "B-LOC"])
    cut = Example(Doc(nlp.vocab, words=["NewYork"], spaces=[False]), reference)
    with pytest.warns(UserWarning, match="do not fit") as caught:
        nlp.initialize(lambda: [*examples(nlp), cut, cut])
    messages = [str(one.message) for one in caught if "transformer_ner" in str(one.message)]
    assert messages == [
        "transformer_ner: entities of the training corpus that do not fit the tokens are masked: 2"
    ]


def test_labels_can_be_given(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    nlp.config["initialize"]["components"]["transformer_ner"] = {"labels": ["PER", "LOC", "EXTRA"]}
    nlp.initialize(lambda: examples(nlp))
    component = nlp.get_pipe("transformer_ner")
    assert component.labels == ("PER", "LOC", "EXTRA")
    assert component.label_data == ["PER", "LOC", "EXTRA"]
    assert component.model.get_dim("nO") == 7


def test_thousands_of_types_are_trained_and_evaluated(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder, class_weights={"T7": 2.0})
    labels = ["LOC", "PER", *(f"T{i}" for i in range(5000))]
    nlp.config["initialize"]["components"]["transformer_ner"] = {"labels": labels}
    losses = learn(nlp, steps=12, rate=1e-2)
    assert losses[0] > 8.0 > 3.0 > losses[-1]
    scores = nlp.evaluate(examples(nlp))
    assert 0.0 < scores["ents_loss"] < losses[0]
    copy = make_nlp(transformer_folder).from_bytes(nlp.to_bytes())
    assert copy.get_pipe("transformer_ner").labels == tuple(labels)


def test_a_label_can_be_added_to_a_trained_component(
    transformer_folder: Path, tmp_path: Path
) -> None:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    component = nlp.get_pipe("transformer_ner")
    assert component.add_label("TEAM") == 1
    assert component.add_label("TEAM") == 0
    assert found(nlp("Ada lives in Paris .")) == GOLD["Ada lives in Paris ."]
    optimizer = Adam(3e-3, use_averages=False)
    more = [("Paris loves Ada", "B-TEAM O B-PER"), *SENTENCES]
    for _ in range(40):
        nlp.update(examples(nlp, more), sgd=optimizer)
    assert found(nlp("Paris loves Ada")) == [("Paris", "TEAM"), ("Ada", "PER")]
    nlp.to_disk(tmp_path / "model")
    assert found(spacy.load(tmp_path / "model")("Paris loves Ada")) == found(nlp("Paris loves Ada"))


def test_frozen_component_does_not_change(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    learn(nlp, steps=2)
    before = nlp.get_pipe("transformer_ner").model.to_bytes()
    nlp.update(examples(nlp), sgd=Adam(1e-2), exclude=["transformer_ner"])
    assert nlp.get_pipe("transformer_ner").model.to_bytes() == before


def test_same_seed_gives_the_same_weights(transformer_folder: Path) -> None:
    def weights() -> list[bytes]:
        nlp = make_nlp(transformer_folder)
        learn(nlp, steps=3)
        return [nlp.get_pipe(name).model.to_bytes() for name in nlp.pipe_names]

    assert weights() == weights()


def test_no_label_at_all_is_refused(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    with pytest.raises(ConfigValidationError, match="the training corpus has no entity"):
        nlp.initialize(lambda: examples(nlp, [("nothing here", "O O")]))


def test_diverged_weights_stop_the_training_and_name_the_step(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    nlp.initialize(lambda: examples(nlp))
    optimizer = Adam(1e-3, use_averages=False)
    for _ in range(2):
        nlp.update(examples(nlp), sgd=optimizer)
    nlp.get_pipe("transformer_ner").model.get_ref("output_layer").get_param("W")[:] = numpy.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with pytest.raises(
            ValueError, match=r"the validation loss is nan at step 1: the weights div"
        ):
            nlp.evaluate(examples(nlp))
        with pytest.raises(
            ValueError, match=r"the training loss is nan at step 2: the weights div"
        ):
            nlp.update(examples(nlp), sgd=optimizer)


def test_a_config_does_not_say_how_many_tags_there_are(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    config = nlp.config.copy()
    config["components"]["transformer_ner"]["model"]["nO"] = 50
    wide = spacy.blank("xx").from_config(config)
    wide.initialize(lambda: examples(wide, SENTENCES))
    ner = wide.get_pipe("transformer_ner")
    assert ner.model.get_ref("output_layer").get_dim("nO") == ner.model.get_dim("nO")
    assert wide("Ada lives in Paris .").has_annotation("ENT_IOB")
