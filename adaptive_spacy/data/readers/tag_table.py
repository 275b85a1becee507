"""The tags of a source: surveyed in a first pass, judged as a whole, decoded in all others."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from adaptive_spacy.data.readers.bare_types import find_doubt_of_all
from adaptive_spacy.data.readers.tag_sequences import (
    Pair,
    Pairs,
    count_tags,
    detect_scheme,
    find_tag_faults,
)
from adaptive_spacy.data.readers.tag_spelling import (
    OUT_TAGS,
    Spelling,
    find_outside,
    find_spelling,
    is_outside,
    is_untyped,
)
from adaptive_spacy.data.schemes import (
    EDGE,
    NOTHING,
    TYPE,
    UNTAGGED,
    Tag,
    decode,
    find_scheme,
    parse_tag,
)
from adaptive_spacy.data.source import MAX_PROBLEMS, Problems, Sentence, shorten

# what data sets call the same things
WORDS = ("tokens", "words")
TAGS = ("ner_tags", "tags", "ner", "labels", "ne", "ne_tags", "bio_tags", "iob_tags")

MISSING_TAGS = ("O", "mask")
HOW_TO_READ_MISSING = (
    "--missing-tag O reads such a token as outside, --missing-tag mask as not annotated"
)

#: Tags that wait to be counted
COUNTED_AT = 10_000
#: Where a tag follows another: line or record, from 1
Place = tuple[int, Pair]


class Tagged(NamedTuple):
    """A record of tokens with a tag each.

    words (list[str]): The tokens.
    tags (list[str]): Their tags, `UNTAGGED` where there is none.
    missing (list[int]): Tokens that the record itself says are not annotated; their tag is O.
    sent_starts (list[int] | None): The first token of each sentence; None: it is one sentence.
    note (str): Where its tags are, if they may have been elsewhere.
    """

    words: list[str]
    tags: list[str]
    missing: list[int] = []  # noqa: RUF012 (never changed)
    sent_starts: list[int] | None = None
    note: str = ""

    def pairs(self, number: int) -> Iterator[Place]:
        """YIELDS (Place): The tags of the record with this number, each with the one before."""
        return ((number, pair) for pair in pairwise((EDGE, *self.tags, EDGE)))


class TagTable:
    """The tags of a source and how often which follows which: filled in a first pass over the
    sentences, used in all others.

    scheme (str): One of `SCHEMES`, or "auto": the one that fits the whole source.
    missing_tag (str | None): A token without a tag is outside ("O"), without annotation ("mask"),
        or an error (None).
    type (str | None): The type of tags that are only the letters of a scheme, as `B`, `I`, `O`.
    RAISES (ValueError): If there is no such scheme, or no such way to read missing tags.
    """

    def __init__(
        self, scheme: str = "auto", missing_tag: str | None = None, type: str | None = None
    ) -> None:
        self.scheme = find_scheme(scheme, or_auto=True)
        self.detected = self.scheme == "auto"
        if missing_tag not in (None, *MISSING_TAGS):
            expected = " or ".join(MISSING_TAGS)
            raise ValueError(f"--missing-tag: expected {expected}, got {missing_tag!r}")
        self.missing_tag = missing_tag
        if type is not None and not TYPE.fullmatch(type):
            raise ValueError(f"--type: expected a name without brackets and stars, got {type!r}")
        self.type = type
        self.spelling = Spelling()
        self.is_spelled = self.scheme == "bare"
        self._pairs: Pairs = Counter()
        #: Tags that are not counted yet, with the edges of their sentences
        self._waiting = [EDGE]
        self.meanings: dict[str, Tag] = {}

    def take_scheme(self, scheme: str) -> None:
        """Read the tags in a scheme that their format has: nothing is detected."""
        self.scheme, self.detected, self.is_spelled = scheme, False, True

    def add(self, tags: Iterable[str]) -> None:
        """Take the tags of a sentence."""
        self._waiting += tags
        self._waiting.append(EDGE)
        if len(self._waiting) > COUNTED_AT:
            self._count()

    def _count(self) -> None:
        # of many sentences at a time: counting each would take as long as reading half of it
        if len(self._waiting) > 1:
            self._pairs.update(pairwise(self._waiting))
            self._waiting = [EDGE]

    @property
    def pairs(self) -> Pairs:
        """RETURNS (Pairs): How often each tag, or edge, follows another one."""
        self._count()
        return self._pairs

    def check(self, record: Tagged) -> None:
        """Take the tags of a record. RAISES (ValueError): If its tokens are not tagged."""
        if len(record.words) != len(record.tags):
            raise ValueError(
                f"found {len(record.words)} tokens and {len(record.tags)} tags, expected a tag for "
                "each token"
            )
        if self.missing_tag is None and UNTAGGED in record.tags:
            raise ValueError(
                f"found no tag of token {record.tags.index(UNTAGGED)}, expected one; "
                f"{HOW_TO_READ_MISSING}"
            )
        self.add(record.tags)

    def count(self, raw: str) -> int:
        """RETURNS (int): How often a tag is there."""
        return sum(count for (_, one), count in self.pairs.items() if one == raw)

    def has_more_tags_than(self, limit: int) -> bool:
        """Whether there are so many different tags among those that are counted."""
        return len(self._pairs) > limit and len({raw for _, raw in self._pairs}) > limit

    def settle(
        self,
        problems: Problems,
        places: Callable[[], Iterable[Place]],
        *,
        repair: bool,
        repairs: Counter[str],
    ) -> None:
        """Find the scheme, after the last sentence, and what it does not allow.

        problems (Problems): Takes what is wrong.
        places (Callable[[], Iterable[Place]]): Walks the source again, to say where.
        repair (bool): Read illegal sequences of tags, see `decode`; without it they are problems.
        repairs (Counter[str]): Takes what was mended, by kind.
        """
        tags = count_tags(self.pairs)
        self.spelling, fault = self._find_spelling(tags)
        messages: dict[Pair, str] = {}
        if fault is None and self.detected:
            self.scheme = detect_scheme(self.pairs, tags, self.spelling)
            if self.scheme == "bare":
                fault = find_doubt_of_all(
                    self._list_types(tags),
                    has_outside=bool(self.spelling.outside)
                    or any(raw in tags for raw in (*OUT_TAGS, UNTAGGED)),
                )
        if fault is not None:
            raw, message = fault
            pair = next(pair for pair in self.pairs if pair[1] == raw)
            found = ((number, message) for number, one in places() if one == pair)
            problems.merge(list(islice(found, 1)), 1)
            return
        doubted = self._list_types(tags) if self.detected else None
        for one in find_tag_faults(self.pairs, self.scheme, self.spelling, doubted):
            if repair and one.repair:
                repairs[one.repair] += self.pairs[one.pair]
            else:
                messages[one.pair] = one.message
        if messages:
            found = ((number, messages[pair]) for number, pair in places() if pair in messages)
            count = sum(self.pairs[pair] for pair in messages)
            problems.merge(list(islice(found, MAX_PROBLEMS)), count)
        self.meanings = {
            raw: parse_tag(self.spelling.read(raw), self.scheme) or NOTHING
            for raw in {raw for _, raw in self.pairs}
        }

    def _list_types(self, tags: Counter[str]) -> dict[str, int]:
        return {
            raw: count for raw, count in tags.items() if not is_outside(raw, self.spelling.outside)
        }

    def _find_spelling(self, tags: Counter[str]) -> tuple[Spelling, tuple[str, str] | None]:
        """RETURNS (tuple): How the tags are written, and the first tag that is not as the user
        said, with a message."""
        outside = "" if self.is_spelled else find_outside(tags)
        typed = [raw for raw in tags if not is_outside(raw, outside)]
        if self.is_spelled or not is_untyped(tags):
            spelling = Spelling() if self.is_spelled else find_spelling(tags)
            if self.type is None or not typed:
                return spelling, None
            return spelling, (
                typed[0],
                f"found tag {shorten(typed[0])}, expected tags without a "
                f"type, as B and I, for --type {self.type}",
            )
        if self.type is None:
            shown = ", ".join(map(shorten, typed[:4]))
            return Spelling(), (
                typed[0],
                f"found {shown} without a type, expected tags as B-PER; --type NAME gives all "
                "entities this type",
            )
        return Spelling(outside=outside, type=self.type), None

    def find_missing(self, tags: list[str]) -> list[int]:
        """RETURNS (list[int]): The tokens of a sentence that are not annotated."""
        if self.missing_tag == "mask" and UNTAGGED in tags:
            return [i for i, tag in enumerate(tags) if tag == UNTAGGED]
        return []

    def decode(self, record: Tagged) -> Sentence:
        """RETURNS (Sentence): A record of the settled table, with its entities."""
        missing = self.find_missing(record.tags)
        if record.missing:
            missing = sorted({*missing, *record.missing})
        ents = decode(record.tags, self.meanings)
        return Sentence(record.words, ents, missing, sent_starts=record.sent_starts)

    def describe(self) -> str:
        """RETURNS (str): The scheme, and what is unusual about the tags."""
        scheme = f"scheme {self.scheme}{' (detected)' if self.detected else ''}"
        return ", ".join(filter(None, (scheme, self.spelling.describe())))
