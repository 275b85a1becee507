"""What is counted in a corpus, document by document."""

from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from tests.training.checks.util import findings_of
from tests.trainings import read


def test_misaligned_entities_are_named_by_document(
    sound_corpus, transformer_folder, tmp_path
) -> None:
    doc = Doc(Vocab(), words=["in", "Paris", "ian"], spaces=[True, False, False])
    doc.set_ents([doc.char_span(3, 8, "LOC")])
    good = Doc(doc.vocab, words=["Ada"], spaces=[False], ents=["B-PER"])
    path = tmp_path / "train.spacy"
    DocBin(docs=[good] * 9 + [doc] * 22).to_disk(path)
    found = findings_of(read(sound_corpus, transformer_folder, paths__train=str(path)))
    assert found.errors[0] == (
        "[corpora.train] document 10: the LOC 'Paris', characters 3 to 8, does not fit the tokens "
        "Parisian"
    )
    assert len(found.errors) == 21
    assert found.errors[20].startswith("[corpora.train] and 2 more entities that do not fit")
