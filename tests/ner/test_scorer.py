import spacy
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.ner.scorer import make_ner_scorer_v1


def example(predicted: str, reference: str) -> Example:
    vocab = spacy.blank("xx").vocab
    words = ["w"] * len(predicted.split())
    return Example(
        Doc(vocab, words=words, ents=predicted.split()),
        Doc(vocab, words=words, ents=reference.split()),
    )


def test_scorer_adds_the_loss_to_spacys_scores() -> None:
    examples = [example("B-A I-A O B-B", "B-A I-A O B-A"), example("O O", "B-B O")]
    scores = make_ner_scorer_v1()(examples, ents_loss=0.5)
    assert scores == {**get_ner_prf(examples), "ents_loss": 0.5}
    assert (scores["ents_p"], scores["ents_r"]) == (1 / 2, 1 / 3)


def test_scorer_says_null_where_nothing_was_measured() -> None:
    assert make_ner_scorer_v1()([]) == dict.fromkeys(
        ["ents_p", "ents_r", "ents_f", "ents_per_type", "ents_loss"]
    )
