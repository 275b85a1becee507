"""Gold tags on the tokens that are predicted."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span
from spacy.training import Example

from adaptive_spacy.ner.gold import align_gold, may_be_tagged

NLP = spacy.blank("en")
# predicted words, reference words, reference tags, aligned tags, entities lost
ALIGNED = [
    ("New York", "New York", "B-A I-A", ["B-A", "L-A"], 0),
    ("New- York", "New - York", "B-A I-A I-A", ["B-A", "L-A"], 0),
    ("New York", "New Yo rk", "O B-A I-A", ["O", "U-A"], 0),
    ("New York", "New Yo rk", "O B-A O", ["O", None], 1),
    ("NewYork", "New York", "O B-A", [None], 1),
    ("a b", "a b", "- -", [None, None], 0),
]


@pytest.mark.parametrize(("predicted", "reference", "tags", "expected", "lost"), ALIGNED)
def test_align_gold(predicted, reference, tags, expected, lost) -> None:
    spaces = {"New- York": [False, False], "New - York": [False, False, False]}
    x = Doc(NLP.vocab, words=predicted.split(), spaces=spaces.get(predicted))
    words = reference.split()
    gaps = spaces.get(reference, [w != "Yo" and not w.startswith("NewYork") for w in words])
    if predicted == "NewYork":
        gaps = [False, False]
    y = Doc(NLP.vocab, words=words, spaces=gaps, ents=None if tags == "- -" else tags.split())
    assert align_gold(Example(x, y)) == (expected, lost)


@given(st.lists(st.sampled_from(["B-A", "B-B", "I", "O", "", "block"]), min_size=1, max_size=9))
def test_align_gold_of_equal_tokens_is_spacys(plan: list[str]) -> None:
    words = [f"w{i}" for i in range(len(plan))]
    x, y = Doc(NLP.vocab, words=words), Doc(NLP.vocab, words=words)
    entities: list[Span] = []
    for i, mark in enumerate(plan):
        if mark.startswith("B-"):
            entities.append(Span(y, i, i + 1, mark[2:]))
        elif mark == "I" and entities and entities[-1].end == i:
            entities[-1] = Span(y, entities[-1].start, i + 1, entities[-1].label_)
    taken = {i for ent in entities for i in range(ent.start, ent.end)}
    free = {
        mark: [y[i : i + 1] for i, one in enumerate(plan) if one == mark and i not in taken]
        for mark in ("", "block")
    }
    y.set_ents(entities, missing=free[""], blocked=free["block"], default="outside")
    example = Example(x, y)
    expected, tags = example.get_aligned_ents_and_ner()
    assert align_gold(example) == (tags, len(y.ents) - len(expected))


def test_white_space_takes_no_tag_even_where_it_has_word_pieces() -> None:
    doc = Doc(NLP.vocab, words=["a", "\n", "b", " ", "\u3000", "c"])
    assert may_be_tagged(doc).tolist() == [True, False, True, False, False, True]
