"""Records that hold a tag per token, as JSON and tables do: their tags, checked and decoded."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from adaptive_spacy.data.readers.tag_sequences import Pairs, detect_scheme, find_faults
from adaptive_spacy.data.schemes import EDGE, NOTHING, UNTAGGED, decode, find_scheme, parse_tag
from adaptive_spacy.data.source import MAX_PROBLEMS, Problems, Sentence

# what data sets call the same things
WORDS = ("tokens", "words")
TAGS = ("ner_tags", "tags", "ner", "labels")


class Tagged(NamedTuple):
    """A record of tokens with a tag each.

    words (list[str]): The tokens.
    tags (list[str]): Their tags, `UNTAGGED` where there is none.
    missing (list[int]): Tokens that the record itself says are not annotated; their tag is O.
    sent_starts (list[int] | None): The first token of each sentence; None: it is one sentence.
    """

    words: list[str]
    tags: list[str]
    missing: list[int] = []  # noqa: RUF012 (never changed)
    sent_starts: list[int] | None = None


class TagTable:
    """The tags of a source and how often which follows which: filled in a first pass over the
    records, used in all others.

    scheme (str): One of `SCHEMES`, or "auto": the one that fits the whole source.
    missing_tag (str | None): A token without a tag is outside ("O"), without annotation ("mask"),
        or an error (None).
    RAISES (ValueError): If there is no such scheme, or no such way to read missing tags.
    """

    def __init__(self, scheme: str = "auto", missing_tag: str | None = None) -> None:
        if missing_tag not in (None, "O", "mask"):
            raise ValueError(f"--missing-tag: expected O or mask, got {missing_tag!r}")
        self.scheme = find_scheme(scheme, or_auto=True)
        self.detected = self.scheme == "auto"
        self.missing_tag = missing_tag
        self._pairs: Pairs = Counter()

    def check(self, record: Tagged) -> None:
        """Take the tags of a record. RAISES (ValueError): If its tokens are not tagged."""
        if len(record.words) != len(record.tags):
            raise ValueError(
                f"found {len(record.words)} tokens and {len(record.tags)} tags, expected a tag for "
                "each token"
            )
        if self.missing_tag is None and UNTAGGED in record.tags:
            raise ValueError(
                f"found no tag of token {record.tags.index(UNTAGGED)}, expected one; --missing-tag "
                "O reads such a token as outside, --missing-tag mask as not annotated"
            )
        self._pairs.update(pairwise((EDGE, *record.tags, EDGE)))

    def settle(
        self,
        problems: Problems,
        records: Callable[[], Iterable[tuple[int, Tagged]]],
        *,
        repair: bool,
        repairs: Counter[str],
    ) -> None:
        """Find the scheme, after the last record, and what it does not allow.

        problems (Problems): Takes what is wrong.
        records (Callable[[], Iterable[tuple[int, Tagged]]]): Walks the records again, to say where.
        repair (bool): Read illegal sequences of tags, see `decode`; without it they are problems.
        repairs (Counter[str]): Takes what was mended, by kind.
        """
        if self.detected:
            self.scheme = detect_scheme(self._pairs)
        messages = {}
        for fault in find_faults(self._pairs, self.scheme, self.detected):
            if repair and fault.repair:
                repairs[fault.repair] += self._pairs[fault.pair]
            else:
                messages[fault.pair] = fault.message
        if messages:
            places: list[tuple[int, str]] = []
            for number, record in records():
                row = pairwise((EDGE, *record.tags, EDGE))
                places += [(number, messages[pair]) for pair in row if pair in messages]
                if len(places) >= MAX_PROBLEMS:
                    break
            problems.merge(places[:MAX_PROBLEMS], sum(self._pairs[pair] for pair in messages))
        tags = {raw for pair in self._pairs for raw in pair}
        self._meanings = {raw: parse_tag(raw, self.scheme) or NOTHING for raw in tags}

    def decode(self, record: Tagged) -> Sentence:
        """RETURNS (Sentence): A record of the settled table, with its entities."""
        missing = record.missing
        if self.missing_tag == "mask" and UNTAGGED in record.tags:
            missing = sorted({*missing, *find_all(record.tags, UNTAGGED)})
        ents = decode(record.tags, self._meanings)
        return Sentence(record.words, ents, missing, sent_starts=record.sent_starts)

    def describe(self) -> str:
        """RETURNS (str): The scheme."""
        return f"scheme {self.scheme}{' (detected)' if self.detected else ''}"


def find_all(tags: list[str], wanted: str) -> list[int]:
    """RETURNS (list[int]): Where a tag is."""
    return [i for i, tag in enumerate(tags) if tag == wanted]
