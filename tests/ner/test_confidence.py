"""`ent._.confidence` stays with the entities that it was given for."""

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span


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


def test_confidence_goes_into_a_doc_of_a_part_only_with_the_user_data(trained: Language) -> None:
    doc = trained("Ada lives in Paris .")
    doc._.trf_data = None
    expected = doc.ents[1]._.confidence
    part = doc[2:]
    assert [ent._.confidence for ent in part.as_doc(copy_user_data=True).ents] == [expected]
    # spaCy leaves out what it is not asked for
    assert [ent._.confidence for ent in part.as_doc().ents] == [None]


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
