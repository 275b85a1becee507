"""Gold annotation on the tokens that the component sees, and what of it takes no part in the
loss."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.ner.tags import Entity, TagSet
from adaptive_spacy.printable import listed

#: Shows a message once
Tell = Callable[[str], None]


def may_be_tagged(doc: Doc) -> NDArray[numpy.bool_]:
    """RETURNS (array): Which tokens a tag is learnt and predicted for: all but white space.
    *Shape:* (n_tokens,)"""
    return doc.to_array("IS_SPACE") == 0


def gold_columns(
    eg: Example, tagset: TagSet, seen: NDArray[numpy.bool_], tell: Tell
) -> tuple[NDArray[numpy.int64], int]:
    """Gold columns of the predicted doc. Says which types the tags lack.

    eg (Example): Predicted and reference doc.
    tagset (TagSet): The tags of the output layer.
    seen (array): Which tokens are decoded: not white space, and represented by the transformer.
        *Shape:* (n_tokens,)
    RETURNS (tuple): The columns, `MISSING` where a token takes no part, *Shape:* (n_tokens,); and
        the number of entities that do not fit the tokens.
    """
    tags, misaligned = align_gold(eg)
    columns, unknown = tagset.encode(tag_seen(tags, seen))
    if unknown:
        types = {ent.label_ for ent in eg.reference.ents} - set(tagset.types)
        tell(
            f"entities of types that the model lacks ({listed(sorted(types))}) take no part in the "
            f"loss; it has {listed(tagset.types)}"
        )
    return columns, misaligned


def tag_seen(tags: Sequence[str | None], seen: NDArray[numpy.bool_]) -> Sequence[str | None]:
    """Tag the tokens that are decoded as if there were no others. An entity begins and ends on the
    outermost of those that it has: an I that follows an O, since its B stands on a token that
    nobody sees, is what no decoder may give, and would be learnt all the same.

    tags (Sequence[str | None]): BILOU tags, None where annotation is missing.
    seen (array): Which tokens are decoded. *Shape:* (n_tokens,)
    RETURNS (Sequence[str | None]): BILOU tags, None on other tokens too.
    """
    if seen.all():
        return tags
    tagged = [tag if one else None for tag, one in zip(tags, seen.tolist(), strict=True)]
    for start, end, type_ in find_entities(tags):
        places = [i for i in range(start, end) if tagged[i]]
        for i, tag in zip(places, biluo(type_, len(places)), strict=True):
            tagged[i] = tag
    return tagged


def find_entities(tags: Iterable[str | None]) -> Iterator[Entity]:
    """YIELDS (Entity): Those that BILOU tags of gold annotation mark."""
    start = 0
    for i, tag in enumerate(tags):
        if tag and tag[0] in "BU":
            start = i
        if tag and tag[0] in "LU":
            yield Entity(start, i + 1, tag[2:])


def count_types(examples: Iterable[Example], tell: Tell) -> Counter[str]:
    """RETURNS (Counter[str]): Tokens per type and "O". Says how many entities the tokenization
    cuts."""
    counts: Counter[str] = Counter()
    lost = 0
    for eg in examples:
        tags, misaligned = align_gold(eg)
        counts.update(tag.partition("-")[2] or "O" for tag in tags if tag)
        lost += misaligned
    tell_misaligned(lost, "training", tell)
    return counts


def tell_misaligned(count: int, corpus: str, tell: Tell) -> None:
    """Say how many entities of a corpus are cut by tokens, if any."""
    if count:
        tell(f"entities of the {corpus} corpus that do not fit the tokens are masked: {count}")


def align_gold(example: Example) -> tuple[Sequence[str | None], int]:
    """Gold tags on the tokens of the predicted doc, as spaCy aligns them.

    example (Example): Predicted and reference doc.
    RETURNS (tuple): BILOU tags, None where annotation is missing or an entity cuts a token;
        and the number of entities lost that way.
    """
    reference = example.reference
    if _same_tokens(example.predicted, reference):
        return doc_tags(reference), 0
    entities, tags = example.get_aligned_ents_and_ner()
    return tags, len(reference.ents) - len(entities)


def doc_tags(doc: Doc) -> list[str | None]:
    """RETURNS (list[str | None]): BILOU tags of a doc, None where annotation is missing or blocked,
    as in spaCy."""
    # 2 is "O"; blocked tokens are marked as the beginning of an entity that is none
    tags: list[str | None] = ["O" if mark == 2 else None for mark in doc.to_array(["ENT_IOB"])]
    for ent in doc.ents:
        for i, tag in enumerate(biluo(ent.label_, len(ent)), start=ent.start):
            tags[i] = tag
    return tags


def biluo(type_: str, length: int) -> list[str]:
    """RETURNS (list[str]): The BILOU tags of an entity of so many tokens."""
    if length < 2:
        return [f"U-{type_}"] * length
    return [f"B-{type_}", *[f"I-{type_}"] * (length - 2), f"L-{type_}"]


def _same_tokens(one: Doc, other: Doc) -> bool:
    attributes: list[int | str] = ["ORTH", "SPACY"]
    return len(one) == len(other) and bool(
        (one.to_array(attributes) == other.to_array(attributes)).all()
    )
