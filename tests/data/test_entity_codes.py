from spacy.tokens import Doc, Token
from spacy.vocab import Vocab

from adaptive_spacy.data import entity_codes as codes


def test_entity_codes_are_those_of_spacy() -> None:
    names = Token.iob_strings()
    order = (codes.MISSING, codes.INSIDE, codes.OUTSIDE, codes.BEGIN)
    assert [names[code] for code in order] == ["", "I", "O", "B"]


def test_sentence_codes_are_those_of_spacy() -> None:
    doc = Doc(Vocab(), words=["a", "b", "c"], sent_starts=[True, False, None])
    marks = doc.to_array("SENT_START").astype("int64").tolist()
    assert marks == [codes.IS_START, codes.IS_NO_START, codes.NOT_KNOWN]
