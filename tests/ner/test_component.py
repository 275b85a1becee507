"""`transformer_ner` in a pipeline: it learns, predicts, and survives saving and copying."""

import warnings
from pathlib import Path

import numpy
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import ConfigValidationError

from tests.conftest import SENTENCES
from tests.ner.pipelines import GOLD, examples, found, learn, make_nlp


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


@pytest.mark.parametrize("scheme", ["BIO", "BILOU"])
def test_saved_and_loaded_pipeline_predicts_the_same(
    transformer_folder: Path, tmp_path: Path, scheme: str
) -> None:
    nlp = make_nlp(transformer_folder, scheme=scheme)
    learn(nlp, steps=15)
    nlp.to_disk(tmp_path / "model")
    copies = [spacy.load(tmp_path / "model")]
    copies.append(spacy.blank("xx").from_config(nlp.config).from_bytes(nlp.to_bytes()))
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


def test_component_can_be_sourced(trained: Language) -> None:
    nlp = spacy.blank("xx")
    for name in trained.pipe_names:
        nlp.add_pipe(name, source=trained)
    assert found(nlp("Ada lives in Paris .")) == GOLD["Ada lives in Paris ."]


def test_a_pipeline_without_its_transformer_says_so_once(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path)
    whole, part = spacy.load(tmp_path), spacy.load(tmp_path, exclude=["transformer"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for nlp in (whole, part):
            assert not any(doc.ents for doc in nlp.pipe(["", " \n"]))
        assert not caught
        assert part("Ada lives in Paris .").ents == part("Paris calls").ents == ()
        with whole.select_pipes(disable=["transformer"]):
            assert whole("Paris calls").ents == ()
    messages = [str(one.message) for one in caught]
    assert len(messages) == 2, messages
    assert all("the transformer is excluded, disabled or comes too late" in m for m in messages)
    assert found(whole("Paris calls")) == found(trained("Paris calls")) != []


@pytest.mark.parametrize("config", [{"scheme": "IOB3"}, {"decoder": "beam"}, {"class_weights": {}}])
def test_faults_of_arguments_name_the_component(transformer_folder: Path, config: dict) -> None:
    nlp = spacy.blank("xx")
    with pytest.raises(ConfigValidationError) as error:
        nlp.add_pipe("transformer_ner", name="ours", config=config)
    (key,) = config
    assert error.value.desc.startswith(f"[components.ours] {key}: expected ")
    assert "\n" not in error.value.desc
