"""A doc that a pipeline made is whole, whichever config it comes from."""

import gc
from pathlib import Path

import numpy
import pytest
import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import load_config, load_model_from_config
from spacy_transformers.data_classes import TransformerData
from thinc.api import Adam

from tests.conftest import ROOT, SENTENCES, write_corpus
from tests.trainings import NAMES, overrides

TEXT = "Ada lives in Paris ."


@pytest.fixture(scope="module", params=NAMES)
def nlp(request, transformer_folder: Path, tmp_path_factory) -> Language:
    corpus = tmp_path_factory.mktemp("corpus")
    for split in ("train", "dev"):
        write_corpus(corpus / f"{split}.spacy", SENTENCES)
    settings = overrides(corpus, transformer_folder)
    path = ROOT / "configs" / f"{request.param}.cfg"
    nlp = load_model_from_config(load_config(path, overrides=settings), auto_fill=True)
    docs = [Doc(nlp.vocab, words=text.split(), ents=tags.split()) for text, tags in SENTENCES]
    examples = [Example(doc.copy(), doc) for doc in docs]
    nlp.initialize(lambda: examples, sgd=Adam(1e-3))
    nlp.add_pipe("entity_ruler", last=True, config={"overwrite_ents": True}).add_patterns(
        [{"label": "PER", "pattern": "Ada"}]
    )
    return nlp


def test_doc_is_whole_after_the_pipeline(nlp: Language) -> None:
    doc = nlp(TEXT)
    assert doc.tensor.shape == nlp.make_doc(TEXT).tensor.shape == (0,)
    assert not doc.has_vector
    assert not doc[:2].has_vector
    assert not doc[0].has_vector
    assert not numpy.any(doc.vector)
    assert not numpy.any(doc[:2].vector)
    assert not len(doc[:2].tensor)
    whole = [doc.copy(), doc[:].as_doc(), doc[:].as_doc(copy_user_data=True)]
    whole.append(Doc(nlp.vocab).from_bytes(doc.to_bytes()))
    whole.append(Doc(nlp.vocab).from_json(doc.to_json()))
    for stored in (True, False):
        binned = DocBin(store_user_data=stored, docs=[doc]).to_bytes()
        whole.extend(DocBin().from_bytes(binned).get_docs(nlp.vocab))
    for one in whole:
        assert [token.text for token in one] == [token.text for token in doc]
        assert [ent.label_ for ent in one.ents] == [ent.label_ for ent in doc.ents]
    assert len(Doc.from_docs([doc, nlp(TEXT)])) == 2 * len(doc)
    assert "Ada" in displacy.render(doc, style="ent", page=False, jupyter=False)


def test_kept_docs_hold_nothing_of_the_transformer(nlp: Language) -> None:
    docs = list(nlp.pipe([TEXT] * 300, batch_size=50))
    if "transformer_cleaner" not in nlp.pipe_names:
        # spaCy's own pipeline: its data stay, as everywhere in spaCy
        assert all(isinstance(doc._.trf_data, TransformerData) for doc in docs)
        return
    gc.collect()
    assert not any(isinstance(one, TransformerData) for one in gc.get_objects())
    for doc in docs:
        assert doc._.trf_data is None
        assert {key[1] for key in doc.user_data} <= {"confidence", "confidence_type"}


def test_cleaner_takes_the_transformers_data_and_nothing_else() -> None:
    nlp = spacy.blank("xx")
    cleaner = nlp.add_pipe("transformer_cleaner")
    doc = nlp.make_doc(TEXT)
    doc.tensor = numpy.ones((len(doc), 2), dtype="float32")
    doc.user_data = {"mine": 1, ("._.", "trf_data", None, None): TransformerData.empty()}
    doc.ents = [Span(doc, 0, 1, "PER")]
    doc.spans["sc"] = [doc[0:2]]
    cleaner(cleaner(doc))
    assert doc.user_data == {"mine": 1}
    assert doc.tensor.all()
    assert doc.has_vector
    assert (len(doc.ents), len(doc.spans["sc"])) == (1, 1)


def test_spacys_cleaner_still_cannot_leave_the_tensor_alone() -> None:
    # spaCy 3.8; if this changes, its own component does
    nlp = spacy.blank("xx")
    cleaner = nlp.add_pipe("doc_cleaner", config={"attrs": {"_.trf_data": None}})
    assert "tensor" in cleaner.cfg["attrs"]
