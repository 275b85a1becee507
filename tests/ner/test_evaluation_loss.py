"""`ents_loss`, the number that decides when the rate falls."""

import gc
import warnings
from pathlib import Path

import numpy
import pytest
from spacy.language import Language
from spacy.pipeline import merge_entities
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from tests.conftest import SENTENCES
from tests.ner.pipelines import NO_DROPOUT, examples, make_nlp


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


def test_tokens_that_were_merged_behind_it_leave_f1_without_a_loss(trained: Language) -> None:
    component = trained.get_pipe("transformer_ner")
    whole = trained.evaluate(examples(trained))
    merged = examples(trained)
    for eg, doc in zip(merged, trained.pipe(eg.predicted for eg in merged), strict=True):
        eg.predicted = merge_entities(doc)
    changed = [eg.predicted for eg in merged if len(eg.predicted) < len(eg.reference)]
    assert changed
    assert component.confidences(changed[0], 1.0) is component.doubts(changed[0]) is None
    message = f"tokens of {len(changed)} of the evaluated docs .* ents_loss is not"
    with pytest.warns(UserWarning, match=message):
        scores = component.score(merged)
    assert scores["ents_loss"] is None
    assert scores["ents_f"] == whole["ents_f"] > 0
    assert len(component._scored) == 0


def test_scores_are_taken_once_though_the_docs_live_on(trained: Language) -> None:
    component = trained.get_pipe("transformer_ner")
    kept = examples(trained)
    for eg, doc in zip(kept, trained.pipe(eg.predicted for eg in kept), strict=True):
        eg.predicted = doc
    assert component.score(kept)["ents_loss"] is not None
    assert len(component._scored) == 0
    assert component.score(kept)["ents_loss"] is None


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


def test_types_that_the_model_lacks_are_masked_and_said_once(trained: Language) -> None:
    strange = [("Ada visits Paris .", "B-PER O B-CITY O")]
    with pytest.warns(UserWarning, match=r"types that the model lacks \(CITY\)"):
        scores = trained.evaluate(examples(trained, strange))
    assert scores["ents_loss"] is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained.evaluate(examples(trained, strange))


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
