import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import ConfigValidationError

from adaptive_spacy.ner.tags import MISSING, SCHEMES, Entity, TagSet

TAGS = {
    "BIO": ("O", "B-A", "I-A", "B-B", "I-B"),
    "BILOU": ("O", "B-A", "I-A", "L-A", "U-A", "B-B", "I-B", "L-B", "U-B"),
    "IO": ("O", "I-A", "I-B"),
}
# following tags that the scheme allows, one type
LEGAL = {
    "BIO": {"O": "O B-A", "B-A": "O B-A I-A", "I-A": "O B-A I-A"},
    "BILOU": {
        "O": "O B-A U-A",
        "B-A": "I-A L-A",
        "I-A": "I-A L-A",
        "L-A": "O B-A U-A",
        "U-A": "O B-A U-A",
    },
    "IO": {"O": "O I-A", "I-A": "O I-A"},
}
STARTS = {"BIO": "O B-A", "BILOU": "O B-A U-A", "IO": "O I-A"}
ENDS = {"BIO": "O B-A I-A", "BILOU": "O L-A U-A", "IO": "O I-A"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tagset_orders_tags_by_type(scheme: str) -> None:
    assert TagSet(scheme, ("A", "B")).tags == TAGS[scheme]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tagset_knows_what_may_follow(scheme: str) -> None:
    tagset = TagSet(scheme, ("A",))
    for i, tag in enumerate(tagset.tags):
        following = {t for j, t in enumerate(tagset.tags) if tagset.allows(i, j)}
        assert following == set(LEGAL[scheme][tag].split())
    assert {t for t, legal in zip(tagset.tags, tagset.starts, strict=True) if legal} == set(
        STARTS[scheme].split()
    )
    assert {t for t, legal in zip(tagset.tags, tagset.ends, strict=True) if legal} == set(
        ENDS[scheme].split()
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tagset_keeps_types_apart(scheme: str) -> None:
    tagset = TagSet(scheme, ("A", "B"))
    for i, tag in enumerate(tagset.tags):
        for j, following in enumerate(tagset.tags):
            if "A" in tag and "B" in following and following[0] in "IL":
                assert not tagset.joins(i, j)
                assert tagset.allows(i, j) == (scheme == "IO")


# scheme, tags, entities: the illegal ones as a lenient reader takes them
DECODED = [
    ("BIO", "B-A I-A O B-B", [(0, 2, "A"), (3, 4, "B")]),
    ("BIO", "B-A B-A", [(0, 1, "A"), (1, 2, "A")]),
    ("BIO", "O I-A I-A", [(1, 3, "A")]),
    ("BIO", "B-A I-B", [(0, 1, "A"), (1, 2, "B")]),
    ("BILOU", "B-A I-A L-A U-B", [(0, 3, "A"), (3, 4, "B")]),
    ("BILOU", "U-A U-A", [(0, 1, "A"), (1, 2, "A")]),
    ("BILOU", "L-A L-A", [(0, 1, "A"), (1, 2, "A")]),
    ("BILOU", "B-A O I-B", [(0, 1, "A"), (2, 3, "B")]),
    ("IO", "I-A I-A I-B O I-A", [(0, 2, "A"), (2, 3, "B"), (4, 5, "A")]),
    ("BIO", "", []),
]


@pytest.mark.parametrize(("scheme", "tags", "entities"), DECODED)
def test_tagset_decodes(scheme: str, tags: str, entities: list) -> None:
    tagset = TagSet(scheme, ("A", "B"))
    columns = [tagset.index[tag] for tag in tags.split()]
    assert tagset.decode(columns) == [Entity(*entity) for entity in entities]


# spaCy's aligned tags, and the columns' tags per scheme
ENCODED = [
    ("BIO", ["U-A", "O", "B-B", "I-B", "L-B"], ["B-A", "O", "B-B", "I-B", "I-B"]),
    ("BILOU", ["U-A", "O", "B-B", "I-B", "L-B"], ["U-A", "O", "B-B", "I-B", "L-B"]),
    ("IO", ["U-A", "O", "B-B", "I-B", "L-B"], ["I-A", "O", "I-B", "I-B", "I-B"]),
    ("BIO", [None, "-", "O"], [None, None, "O"]),
]


@pytest.mark.parametrize(("scheme", "bilou", "expected"), ENCODED)
def test_tagset_encodes(scheme: str, bilou: list, expected: list) -> None:
    tagset = TagSet(scheme, ("A", "B"))
    columns, unknown = tagset.encode(bilou)
    assert [None if c == MISSING else tagset.tags[c] for c in columns] == expected
    assert unknown == 0


def test_tagset_masks_and_counts_types_that_it_lacks() -> None:
    columns, unknown = TagSet("BIO", ("A",)).encode(["U-A", "B-Z", "L-Z", "O"])
    assert columns.tolist() == [1, MISSING, MISSING, 0]
    assert unknown == 2


@st.composite
def entity_lists(draw) -> tuple[int, list[Entity]]:
    length = draw(st.integers(1, 12))
    entities, at = [], 0
    while at < length:
        size = draw(st.integers(1, 4))
        if draw(st.booleans()) and at + size <= length:
            entities.append(Entity(at, at + size, draw(st.sampled_from("AB"))))
        at += size
    return length, entities


@pytest.mark.parametrize("scheme", ["BIO", "BILOU"])
@given(entity_lists())
def test_tagset_round_trip(scheme: str, case: tuple[int, list[Entity]]) -> None:
    length, entities = case
    bilou: list[str | None] = ["O"] * length
    for start, end, type_ in entities:
        inner = [f"I-{type_}"] * (end - start - 2)
        whole = [f"B-{type_}", *inner, f"L-{type_}"] if end - start > 1 else [f"U-{type_}"]
        bilou[start:end] = whole
    tagset = TagSet(scheme, ("A", "B"))
    columns, _ = tagset.encode(bilou)
    assert tagset.decode(columns.tolist()) == entities


def test_tagset_refuses_an_unknown_scheme() -> None:
    with pytest.raises(ConfigValidationError) as error:
        TagSet("IOB3", ())
    assert error.value.desc == (
        "[components.transformer_ner] scheme: expected one of BIO, BILOU, IO, got 'IOB3'"
    )
