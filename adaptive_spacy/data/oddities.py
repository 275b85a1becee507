"""What says that a corpus was read wrongly: the one rule of `convert`, `stats` and `check`."""

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc

from adaptive_spacy.data.schemes import PREFIXED

#: Entity types that no data set has so many of, but a column of words or links
MANY_TYPES = 100
#: Tokens without an end of a sentence among them, above which a file probably has no such ends
LONG_TEXT = 2_000


def find_oddities(
    name: str, *, documents: int, types: Mapping[str, int], longest: int
) -> Iterator[str]:
    """Find what a corpus read wrongly looks like.

    name (str): Of the split, for the text.
    documents (int): Its documents.
    types (Mapping[str, int]): Entities by type.
    longest (int): The most tokens of a document of which no ends of sentences are known.
    YIELDS (str): A line each.
    """
    if documents and not sum(types.values()):
        yield (
            f"{name} has no entity in {documents:,} documents: if it should have some, the tags "
            "were taken from another column or key than theirs"
        )
    if len(types) > MANY_TYPES:
        yield (
            f"{name} has {len(types):,} entity types, which may be words or links in place of "
            "types: convert it with the right column of tags"
        )
    for alike in find_alike(types):
        yield (
            f"{name} has the types {', '.join(alike)}, which differ in case alone, and are learnt "
            "as types of their own: if they are one, spell them alike and convert that"
        )
    parts = find_parts(types)
    if parts:
        yield (
            f"{name} has the types {', '.join(parts)}, which look like tags of single tokens: if "
            "each is a part of an entity, write the tokens with these tags, and convert that"
        )
    if longest > LONG_TEXT:
        yield (
            f"{name} has a document of {longest:,} tokens without an end of a sentence: if the "
            "file has none, convert it with --sentences 100, which cuts it into sentences of at "
            "most 100 tokens"
        )


def find_parts(types: Mapping[str, int]) -> list[str]:
    """RETURNS (list[str]): Types that are tags of single tokens, as `B-PER` and `I-PER`, which
    tools write that give each token an entity of its own; two of them, or nothing."""
    for label in sorted(types):
        inner = f"I-{label[2:]}"
        if PREFIXED.fullmatch(label) and label != inner and inner in types:
            return [label, inner]
    return []


def find_alike(types: Mapping[str, int]) -> Iterator[list[str]]:
    """YIELDS (list[str]): Types that differ in nothing but capital letters."""
    groups: dict[str, list[str]] = {}
    for label in sorted(types):
        groups.setdefault(label.casefold(), []).append(label)
    yield from (group for group in groups.values() if len(group) > 1)


def measure(doc: Doc) -> int:
    """RETURNS (int): The tokens of a doc of which no ends of sentences are known; otherwise 0."""
    return 0 if doc.has_annotation("SENT_START") else len(doc)
