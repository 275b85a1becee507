"""Gold tags on the tokens that are predicted."""

import numpy
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span
from spacy.training import Example

from adaptive_spacy.ner.gold import align_gold, gold_columns, may_be_tagged
from adaptive_spacy.ner.tags import MISSING, SCHEMES, Entity, TagSet

NLP = spacy.blank("xx")
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


#: What each token is: the first of an entity, one more of it, outside, without annotation, blocked
PLANS = st.lists(
    st.sampled_from(["B-A", "B-B", "I", "I", "O", "", "block"]), min_size=1, max_size=9
)


def make_example(plan: list[str]) -> Example:
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
    return Example(x, y)


@given(PLANS)
def test_align_gold_of_equal_tokens_is_spacys(plan: list[str]) -> None:
    example = make_example(plan)
    expected, tags = example.get_aligned_ents_and_ner()
    assert align_gold(example) == (tags, len(example.y.ents) - len(expected))


def is_legal(columns: list[int], tagset: TagSet) -> bool:
    """Whether the decoder allows a sequence that has any tags where gold is missing."""
    here = {-1}  # before the first
    for gold in columns:
        tags = tagset.columns if gold == MISSING else [gold]
        here = {
            int(tag)
            for tag in tags
            for former in here
            if (tagset.starts[tag] if former == -1 else tagset.allows(former, tag))
        }
    return any(one == -1 or tagset.ends[one] for one in here)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("types", ["AB", "B"])
@given(PLANS, st.data())
def test_gold_of_the_seen_tokens_is_what_the_decoder_allows(
    scheme: str, types: str, plan: list[str], data: st.DataObject
) -> None:
    example, tagset = make_example(plan), TagSet(scheme, tuple(types))
    drawn = data.draw(st.lists(st.booleans(), min_size=len(plan), max_size=len(plan)))
    seen = numpy.array(drawn)
    columns, _ = gold_columns(example, tagset, seen, lambda message: None)
    assert (columns[~seen] == MISSING).all()
    assert is_legal(columns[seen].tolist(), tagset)
    # of each entity, the seen tokens are left
    rows = numpy.cumsum(seen)
    cut = [
        Entity(int(rows[ent.start] - seen[ent.start]), int(rows[ent.end - 1]), ent.label_)
        for ent in example.y.ents
        if seen[ent.start : ent.end].any() and ent.label_ in types
    ]
    if scheme == "IO":
        tokens = {(i, one.type) for one in cut for i in range(one.start, one.end)}
        tagged = enumerate(columns[seen].tolist())
        assert tokens == {(i, tagset.type_of(tag)) for i, tag in tagged if tag > 0}
    else:
        assert tagset.decode(numpy.maximum(columns[seen], 0)) == cut
    if seen.all():
        # to the bit what is annotated
        assert (columns == tagset.encode(align_gold(example)[0])[0]).all()


def test_white_space_takes_no_tag_even_where_it_has_word_pieces() -> None:
    doc = Doc(NLP.vocab, words=["a", "\n", "b", " ", "\u3000", "c"])
    assert may_be_tagged(doc).tolist() == [True, False, True, False, False, True]
