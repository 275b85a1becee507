import gc
import warnings
from math import inf, nan
from pathlib import Path

import numpy
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Adam, ConfigValidationError, Model, fix_random_seed

from adaptive_spacy.ner.component import TransformerNER
from tests.conftest import SENTENCES
from tests.ner.pipelines import NO_DROPOUT, examples, found, learn, make_nlp


@pytest.fixture(scope="module")
def trained(transformer_folder: Path) -> Language:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    return nlp


GOLD = {
    "Ada lives in Paris .": [("Ada", "PER"), ("Paris", "LOC")],
    "Ben Ray visits New York today": [("Ben Ray", "PER"), ("New York", "LOC")],
    "nothing happens here .": [],
}


@pytest.mark.parametrize("scheme", ["BIO", "BILOU", "IO"])
@pytest.mark.parametrize("decoder", ["viterbi", "greedy"])
def test_component_learns(transformer_folder: Path, scheme: str, decoder: str) -> None:
    nlp = make_nlp(transformer_folder, scheme=scheme, decoder=decoder)
    losses = learn(nlp)
    assert losses[0] > 1.0 > 0.15 > losses[-1]
    for text, entities in GOLD.items():
        doc = nlp(text)
        assert found(doc) == entities
        assert all(0.5 < ent._.confidence <= 1.0 for ent in doc.ents)
    scores = nlp.evaluate(examples(nlp))
    assert scores["ents_f"] == 1.0
    assert 0.0 < scores["ents_loss"] < 0.1


def test_component_reports_the_mean_loss_of_the_batch(transformer_folder: Path) -> None:
    # without dropout, the training loss is the loss that the evaluation reports
    nlp = make_nlp(transformer_folder, NO_DROPOUT)
    nlp.initialize(lambda: examples(nlp))
    losses: dict[str, float] = {}
    nlp.update(examples(nlp), sgd=False, losses=losses, drop=0.0)
    assert losses["transformer_ner"] == pytest.approx(nlp.evaluate(examples(nlp))["ents_loss"])


def test_evaluation_runs_the_transformer_once(trained: Language, monkeypatch) -> None:
    calls = []
    transformer = trained.get_pipe("transformer").model
    original = transformer._func
    monkeypatch.setattr(
        transformer,
        "_func",
        lambda m, X, is_train: calls.append(len(X)) or original(m, X, is_train),
    )
    scores = trained.evaluate(examples(trained))
    assert scores["ents_loss"] is not None
    assert calls == [len(SENTENCES)]


def test_evaluation_is_null_without_predictions(trained: Language) -> None:
    component = trained.get_pipe("transformer_ner")
    scores = component.score(examples(trained))
    assert scores["ents_loss"] is None
    assert scores["ents_f"] == 0.0


def test_evaluation_drops_the_kept_scores(trained: Language) -> None:
    component = trained.get_pipe("transformer_ner")
    trained.evaluate(examples(trained))
    gc.collect()
    assert len(component._scored) == 0


def test_prediction_keeps_nothing_once_the_docs_are_gone(trained: Language) -> None:
    component = trained.get_pipe("transformer_ner")
    kept = []
    for i, doc in enumerate(trained.pipe(("Ada met Ben Ray" for _ in range(200)), batch_size=10)):
        if i % 20 == 0:
            kept.append(len(component._scored))
        assert set(doc.user_data) <= {
            ("._.", "trf_data", None, None),
            *(("._.", n, *o) for n in ("confidence", "confidence_type") for o in ((0, 3), (8, 15))),
        }
    assert max(kept) <= 20
    del doc
    gc.collect()
    assert len(component._scored) == 0


def test_evaluation_touches_neither_weights_nor_randomness(transformer_folder: Path) -> None:
    def weights(evaluate: bool) -> list[bytes]:
        nlp = make_nlp(transformer_folder)
        fix_random_seed(0)
        nlp.initialize(lambda: examples(nlp))
        optimizer = Adam(3e-3, use_averages=False)
        for _ in range(3):
            nlp.update(examples(nlp), sgd=optimizer, drop=0.2)
            if evaluate:
                nlp.evaluate(examples(nlp))
        return [nlp.get_pipe(name).model.to_bytes() for name in nlp.pipe_names]

    assert weights(evaluate=True) == weights(evaluate=False)


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


def test_types_that_the_model_lacks_are_masked_and_said_once(trained: Language) -> None:
    strange = [("Ada visits Paris .", "B-PER O B-CITY O")]
    with pytest.warns(UserWarning, match=r"types that the model lacks \(CITY\)"):
        scores = trained.evaluate(examples(trained, strange))
    assert scores["ents_loss"] is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained.evaluate(examples(trained, strange))


@pytest.mark.parametrize(
    "text", ["Ada  lives\n in Paris .", " Ada lives in Paris .\n\n", "Ada \u200b Paris"]
)
def test_white_space_is_no_part_of_an_entity(trained: Language, text: str) -> None:
    doc = trained(text)
    for ent in doc.ents:
        assert not ent[0].is_space
        assert not ent[-1].is_space
    # the tokenizer of the transformer makes no word piece of these, so nothing is learnt from them
    gold = trained.make_doc(text)
    gold.set_ents([])
    nlp_scores = trained.evaluate([Example(trained.make_doc(text), gold)])
    assert nlp_scores["ents_loss"] > 0


def test_white_space_inside_an_entity_belongs_to_it(trained: Language) -> None:
    component = trained.get_pipe("transformer_ner")
    doc = Doc(trained.vocab, words=["Ben", "\n", "Ray", "\n"])
    sure = {"O": [9.0, 0, 0, 0, 0], "B": [0, 0, 0, 9.0, 0], "I": [0, 0, 0, 0, 9.0]}
    assert component.tagset.tags[3:] == ("B-PER", "I-PER")
    scores = type(component.predict([Doc(trained.vocab)])[0])(
        numpy.array([0, 2]), numpy.array([sure["B"], sure["I"]])
    )
    component.set_annotations([doc], [scores])
    assert [(ent.start, ent.end) for ent in doc.ents] == [(0, 3)]


def test_empty_docs(trained: Language) -> None:
    assert found(trained("")) == []
    assert [found(doc) for doc in trained.pipe(["", "Ada", ""])] == [[], [("Ada", "PER")], []]
    empty = Example(trained.make_doc(""), trained.make_doc(""))
    assert trained.evaluate([empty])["ents_loss"] is None
    losses = trained.update([empty, *examples(trained)], sgd=False)
    assert losses["transformer_ner"] > 0.0


def test_docs_longer_than_the_window(trained: Language) -> None:
    text = " ".join(text for text, _ in SENTENCES * 12)
    doc = trained(text)
    assert len(doc) > 300
    assert ("Paris", "LOC") in found(doc[200:].as_doc())


def test_preset_entities_are_kept_and_win(trained: Language) -> None:
    doc = trained.make_doc("Ada lives in Paris .")
    doc.set_ents([Span(doc, 0, 2, "TEAM")])
    for name in trained.pipe_names:
        doc = trained.get_pipe(name)(doc)
    assert found(doc) == [("Ada lives", "TEAM"), ("Paris", "LOC")]
    assert [ent._.confidence is None for ent in doc.ents] == [True, False]


def test_second_run_predicts_anew(trained: Language) -> None:
    doc = trained("Ada lives in Paris .")
    confidences = [ent._.confidence for ent in doc.ents]
    component = trained.get_pipe("transformer_ner")
    component.set_annotations([doc], component.predict([doc]))
    assert [ent._.confidence for ent in doc.ents] == confidences
    nothing = component.predict([doc])[0]
    nothing.logits[:] = 0.0
    nothing.logits[:, 0] = 9.0
    component.set_annotations([doc], [nothing])
    assert found(doc) == []


def test_confidence_survives_serialization(trained: Language) -> None:
    doc = trained("Ada lives in Paris .")
    expected = [ent._.confidence for ent in doc.ents]
    assert len(expected) == 2
    doc._.trf_data = None
    binned = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    copies = [
        Doc(trained.vocab).from_bytes(doc.to_bytes()),
        doc.copy(),
        next(DocBin().from_bytes(binned).get_docs(trained.vocab)),
        doc[:].as_doc(copy_user_data=True),
        Doc.from_docs([doc]),
    ]
    for copy in copies:
        assert [ent._.confidence for ent in copy.ents] == expected


def test_confidence_is_null_on_entities_of_later_components(trained: Language) -> None:
    doc = trained("Ada lives in Paris .")
    doc.ents = [Span(doc, 0, 1, "TEAM")]
    assert doc.ents[0]._.confidence is None


def test_confidence_leaves_an_extension_of_that_name_alone() -> None:
    from adaptive_spacy.ner import confidence

    before = Span.get_extension("confidence")
    Span.set_extension("confidence", default=0.5, force=True)
    try:
        confidence.register()
        assert Span.get_extension("confidence")[0] == 0.5
    finally:
        Span.set_extension("confidence", getter=before[2], force=True)


@pytest.mark.parametrize("scheme", ["BIO", "BILOU"])
def test_saved_and_loaded_pipeline_predicts_the_same(
    transformer_folder: Path, tmp_path: Path, scheme: str
) -> None:
    nlp = make_nlp(transformer_folder, scheme=scheme)
    learn(nlp, steps=15)
    nlp.to_disk(tmp_path / "model")
    copies = [spacy.load(tmp_path / "model")]
    copies.append(spacy.blank("en").from_config(nlp.config).from_bytes(nlp.to_bytes()))
    for copy in copies:
        assert copy.get_pipe("transformer_ner").labels == ("LOC", "PER")
        for text, _ in SENTENCES:
            one, two = nlp(text), copy(text)
            assert found(one) == found(two)
            assert [e._.confidence for e in one.ents] == [e._.confidence for e in two.ents]


def test_decoder_can_be_overridden_on_load(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path / "model")
    config = {"components": {"transformer_ner": {"decoder": "greedy"}}}
    nlp = spacy.load(tmp_path / "model", config=config)
    assert nlp.get_pipe("transformer_ner").decoder == "greedy"


def test_pipe_gives_what_call_gives(trained: Language) -> None:
    texts = [text for text, _ in SENTENCES] * 3
    piped = [found(doc) for doc in trained.pipe(texts, batch_size=7)]
    assert piped == [found(trained(text)) for text in texts]


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


def test_the_loss_has_the_name_of_the_component_too(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    nlp.add_pipe("transformer_ner", name="second")
    nlp.initialize(lambda: examples(nlp))
    scores = nlp.evaluate(examples(nlp))
    assert scores["ents_loss_transformer_ner"] != scores["ents_loss_second"]
    # spaCy keeps the last of a metric that several pipes report
    assert scores["ents_loss"] == scores["ents_loss_second"]


def test_ents_loss_is_the_mean_over_the_annotated_tokens(transformer_folder: Path) -> None:
    """By hand: a token without annotation, white space, a type that the model lacks, and a token
    without a word piece take no part; all others do, and count alike."""
    nlp = make_nlp(transformer_folder, NO_DROPOUT)
    fix_random_seed(0)
    nlp.initialize(lambda: examples(nlp))
    component = nlp.get_pipe("transformer_ner")
    words = ["Ada", "\n", "visits", "Paris", "\u200b", "and", "London", "."]
    reference = Doc(nlp.vocab, words=words)
    spans = [Span(reference, 0, 1, "PER"), Span(reference, 3, 4, "CITY")]
    reference.set_ents(spans, missing=[reference[5:6]], default="outside")
    unsaid = Doc(nlp.vocab, words=["Ada", "lives"])
    golds = [{0: "B-PER", 2: "O", 6: "O", 7: "O"}, {}]
    cases = [
        Example(Doc(nlp.vocab, words=[token.text for token in one]), one)
        for one in (reference, unsaid)
    ]
    losses, tags = [], component.tagset.tags
    for eg, gold in zip(cases, golds, strict=True):
        doc = nlp.get_pipe("transformer")(Doc(nlp.vocab, words=[token.text for token in eg.y]))
        (logits,) = component.model.predict([doc]).logits
        for i, tag in gold.items():
            row = numpy.exp(logits[i].astype("float64"))
            losses.append(-numpy.log(row[tags.index(tag)] / row.sum()))
    assert len(losses) == 4
    with pytest.warns(UserWarning, match=r"types that the model lacks \(CITY\)"):
        scores = nlp.evaluate(cases)
    assert scores["ents_loss"] == pytest.approx(numpy.mean(losses))
    trained: dict[str, float] = {}
    nlp.update(cases, sgd=False, losses=trained, drop=0.0)
    assert trained["transformer_ner"] == pytest.approx(numpy.mean(losses), rel=1e-5)


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


def test_component_can_be_sourced(trained: Language) -> None:
    nlp = spacy.blank("en")
    for name in trained.pipe_names:
        nlp.add_pipe(name, source=trained)
    assert found(nlp("Ada lives in Paris .")) == GOLD["Ada lives in Paris ."]


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


# tokens in `SENTENCES`: 23 O, 10 PER, 9 LOC
def test_class_weights_balanced_are_inverse_to_the_counts(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder, class_weights="balanced")
    nlp.initialize(lambda: examples(nlp))
    tags = " ".join(tags for _, tags in SENTENCES).split()
    counts = {"O": tags.count("O")}
    for type_ in ("LOC", "PER"):
        counts[type_] = sum(tag.endswith(type_) for tag in tags)
    expected = {one: len(tags) / (3 * count) for one, count in counts.items()}
    assert nlp.get_pipe("transformer_ner").cfg["type_weights"] == pytest.approx(expected)


def test_class_weights_weigh_the_training_loss_only(transformer_folder: Path) -> None:
    losses, evaluated = [], []
    for weights in (None, {"PER": 5.0}):
        nlp = make_nlp(transformer_folder, class_weights=weights)
        fix_random_seed(0)
        nlp.initialize(lambda nlp=nlp: examples(nlp))
        evaluated.append(nlp.evaluate(examples(nlp))["ents_loss"])
        fix_random_seed(0)
        losses.append(nlp.update(examples(nlp), sgd=False)["transformer_ner"])
    assert evaluated[0] == evaluated[1]
    assert losses[0] != losses[1]


NO_WEIGHTS = ["even", {}, *({"PER": one} for one in (0.0, -1.0, nan, inf, True, "2", None))]


@pytest.mark.parametrize("weights", NO_WEIGHTS)
def test_class_weights_that_make_no_sense_are_refused(weights) -> None:
    with pytest.raises(ConfigValidationError) as error:
        TransformerNER(Vocab(), Model("none", forward=print), "ours", class_weights=weights)
    assert error.value.desc == (
        '[components.ours] class_weights: expected null, "balanced" or a table of weights > 0 '
        f"per type, got {weights!r}"
    )


@pytest.mark.parametrize("config", [{"scheme": "IOB3"}, {"decoder": "beam"}, {"class_weights": {}}])
def test_faults_of_arguments_name_the_component(transformer_folder: Path, config: dict) -> None:
    nlp = spacy.blank("en")
    with pytest.raises(ConfigValidationError) as error:
        nlp.add_pipe("transformer_ner", name="ours", config=config)
    (key,) = config
    assert error.value.desc.startswith(f"[components.ours] {key}: expected ")
    assert "\n" not in error.value.desc


def test_class_weights_for_unknown_types_are_refused(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder, class_weights={"PERSON": 2.0})
    with pytest.raises(ConfigValidationError) as error:
        nlp.initialize(lambda: examples(nlp))
    assert error.value.desc == (
        "[components.transformer_ner] class_weights: expected only O, LOC, PER, got PERSON"
    )


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
