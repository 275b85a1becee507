"""A corpus reader with nested, seeded subsamples: `adaptive_spacy.Corpus.v1`.

Everything that is drawn is drawn by a hash of the seed and what is drawn, never by a random
generator: the same on every platform and Python version, and no global state is touched.
"""

import warnings
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spacy.tokens import Doc, Span
from spacy.training import Corpus, Example
from spacy.training.corpus import FILE_TYPE, walk_corpus
from spacy.vocab import Vocab
from thinc.api import ConfigValidationError

from adaptive_spacy.config.requirements import number, one_of, whole
from adaptive_spacy.data.spacy_files import expected_docs, holds_docs, locate, read_docs

if TYPE_CHECKING:
    from spacy.language import Language

Units = Literal["docs", "sentences"]
UNITS = ("docs", "sentences")
#: Units that are shuffled together; more than that are never held at once
SHUFFLED_TOGETHER = 10_000
SHARE = number("a number in (0, 1]", lambda value: 0 < value <= 1)


def make_corpus_v1(
    path: str | Path | None,
    fraction: float = 1.0,
    seed: int = 0,
    max_length: int = 0,
    limit: int = 0,
    gold_preproc: bool = False,
    augmenter: Callable[["Language", Example], Iterable[Example]] | None = None,
    units: Units = "docs",
    shuffle: bool = False,
) -> "FractionCorpus":
    """Registered as `adaptive_spacy.Corpus.v1`; see `FractionCorpus`."""
    if path is None or not holds_docs(path):
        raise ConfigValidationError(
            title="Corpus not found",
            desc=f"[corpora] path: {expected_docs(path)}. "
            "Set it on the command line, e.g. --paths.train corpus/train.spacy",
        )
    return FractionCorpus(
        path,
        fraction=fraction,
        seed=seed,
        max_length=max_length,
        limit=limit,
        gold_preproc=gold_preproc,
        augmenter=augmenter,
        units=units,
        shuffle=shuffle,
    )


def rank(seed: int, text: str) -> int:
    """Place of a text in the seeded order, the same on every platform and Python version.

    seed (int): Another seed gives an unrelated order.
    text (str): The text.
    RETURNS (int): 64 bits; the smallest ranks are sampled first.
    """
    return int.from_bytes(blake2b(f"{seed}\0{text}".encode(), digest_size=8).digest(), "big")


def draw(ranks: Sequence[int], fraction: float) -> list[int]:
    """Draw a subsample. A smaller fraction lies inside every larger one.

    ranks (Sequence[int]): The rank of each text.
    fraction (float): Share to keep, in (0, 1]; at least one text is kept.
    RETURNS (list[int]): Ascending indices of the texts with the smallest ranks, so that the sample
        keeps the corpus' order; of equal ranks the first.
    """
    return draw_number(ranks, count_drawn(len(ranks), fraction))


def count_drawn(texts: int, fraction: float) -> int:
    """RETURNS (int): How many of so many texts `draw` keeps."""
    return max(1, round(fraction * texts))


def draw_number(ranks: Sequence[int], number: int) -> list[int]:
    """RETURNS (list[int]): Ascending indices of so many of the smallest ranks; of equal ranks the
    first."""
    return sorted(sorted(range(len(ranks)), key=ranks.__getitem__)[:number])


def cut_sentences(doc: Doc) -> Iterator[Doc]:
    """Cut a doc into its sentences.

    doc (Doc): A doc; without sentence boundaries it stays whole.
    YIELDS (Doc): The sentences with tokens, entities and span groups. Categories are the whole
        doc's and stay behind; an entity across a boundary is not annotated in either sentence.
    """
    if not doc.has_annotation("SENT_START"):
        yield doc
        return
    for sentence in doc.sents:
        part = sentence.as_doc()
        # what `as_doc` forgets (spaCy 3.8)
        part.has_unknown_spaces = doc.has_unknown_spaces
        for key, group in doc.spans.items():
            part.spans[key] = [
                Span(part, span.start - sentence.start, span.end - sentence.start, span.label_)
                for span in group
                if sentence.start <= span.start and span.end <= sentence.end
            ]
        yield part


class FractionCorpus(Corpus):
    """spaCy's corpus over a nested, seeded share of the documents, streamed file by file.

    path (Path): A .spacy file or a folder of them.
    fraction (float): Share of the units, in (0, 1]. The 10 % sample of a seed lies inside its 20 %
        sample. Drawn before `limit`, by a hash of seed and text.
    seed (int): Seed of the sample and of `shuffle`; leave it alone to compare trainings over
        `system.seed`.
    max_length (int): Documents of this many tokens or more are split into sentences, and what
        is still too long is dropped, counted and said. 0: no limit.
    limit (int): At most this many units, over all files. 0: no limit.
    units (str): What `fraction`, `limit` and `shuffle` count and what becomes an example: "docs",
        or "sentences" (see `cut_sentences`).
    shuffle (bool): Give every pass another order, by the seed and the number of the pass: files
        first, then units, 10,000 at a time. For a streamed training corpus (`max_epochs = -1`);
        with any other `max_epochs` spaCy reads the corpus once and shuffles it itself.
    gold_preproc (bool): As in `spacy.Corpus.v1`.
    augmenter (Callable): As in `spacy.Corpus.v1`.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        fraction: float = 1.0,
        seed: int = 0,
        max_length: int = 0,
        limit: int = 0,
        gold_preproc: bool = False,
        augmenter: Callable[["Language", Example], Iterable[Example]] | None = None,
        units: Units = "docs",
        shuffle: bool = False,
    ) -> None:
        for name, value, requirement in (
            ("fraction", fraction, SHARE),
            ("max_length", max_length, whole(0)),
            ("limit", limit, whole(0)),
            ("units", units, one_of(*UNITS)),
        ):
            requirement.check("Bad corpus", f"[corpora] {name}", value)
        super().__init__(
            locate(path),
            limit=limit,
            gold_preproc=gold_preproc,
            max_length=max_length,
            augmenter=augmenter,
        )
        self.fraction = fraction
        self.seed = seed
        self.units = units
        self.shuffle = shuffle
        # private, as the state of a reader is no argument of it (see `steps.py`)
        self._passes = 0
        self._chosen: list[set[int]] | None = None
        self._said_dropped = False

    def __call__(self, nlp: "Language") -> Iterator[Example]:
        """Yield the examples of one pass. As in spaCy, whose own `shuffle` draws from the global
        random state.

        nlp (Language): The pipeline, for its tokenizer and vocabulary.
        """
        docs = self.read_docbin(nlp.vocab, self.files())
        make = self.make_examples_gold_preproc if self.gold_preproc else self.make_examples
        for example in make(nlp, docs):
            yield from self.augmenter(nlp, example)

    def save_state(self, nlp: "Language") -> dict[str, int]:
        """RETURNS (dict): Passes so far, each of which has its own order if there is a shuffle."""
        return {"passes": self._passes}

    def load_state(self, nlp: "Language", state: dict[str, int], output: Path | None) -> None:
        """Go on as after so many passes."""
        self._passes = state["passes"]

    def read_docbin(self, vocab: Vocab, locs: Iterable[str | Path]) -> Iterator[Doc]:
        """Yield the sampled units: in the order of the files, or shuffled."""
        paths = [Path(loc) for loc in locs]
        order = list(range(len(paths)))
        number = self._passes
        self._passes += 1
        if self.shuffle:
            order.sort(key=lambda i: rank(self.seed, f"pass {number} file {i}"))
        units = (doc for i in order for doc in self._read_chosen(vocab, paths, i))
        if not self.shuffle:
            yield from units
            return
        place = 0
        while window := list(islice(units, SHUFFLED_TOGETHER)):
            keys = [rank(self.seed, f"pass {number} unit {place + i}") for i in range(len(window))]
            yield from (window[i] for i in sorted(range(len(window)), key=keys.__getitem__))
            place += len(window)

    def make_examples(self, nlp: "Language", reference_docs: Iterable[Doc]) -> Iterator[Example]:
        return super().make_examples(nlp, self._fit(reference_docs))

    def files(self) -> list[Path]:
        """RETURNS (list[Path]): The files that the corpus reads, sorted."""
        return walk_corpus(self.path, FILE_TYPE)

    def _fit(self, docs: Iterable[Doc]) -> Iterator[Doc]:
        """Split the docs that are too long, drop what is too long still, and say so."""
        kept = dropped = 0
        for doc in docs:
            fits = not self.max_length or len(doc) < self.max_length
            for part in [doc] if fits else cut_sentences(doc):
                if fits or len(part) < self.max_length:
                    kept += len(part)
                    yield part
                else:
                    dropped += len(part)
        if dropped and not self._said_dropped:
            self._said_dropped = True
            warnings.warn(
                f"max_length = {self.max_length} drops {dropped} of {dropped + kept} tokens "
                f"of {self.path}",
                stacklevel=2,
            )

    def _read_chosen(self, vocab: Vocab, paths: list[Path], i: int) -> Iterator[Doc]:
        if self.fraction == 1.0 and not self.limit:
            yield from self._read(vocab, paths[i])
            return
        if self._chosen is None:
            self._chosen = self._choose(vocab, paths)
        chosen = self._chosen[i]
        if chosen:
            units = islice(self._read(vocab, paths[i]), max(chosen) + 1)
            yield from (doc for j, doc in enumerate(units) if j in chosen)

    def _choose(self, vocab: Vocab, paths: list[Path]) -> list[set[int]]:
        """Sample over all files. RETURNS (list[set[int]]): The places of the units, by file."""
        whole = self.fraction == 1.0
        # 8 bytes a unit, so that the texts need not stay
        ranks = array("Q")
        starts = [0]
        for path in paths:
            # without a sample the first units are the ones, and no more need be read
            left = self.limit - len(ranks) if whole else None
            if left != 0:
                units = islice(self._read(vocab, path), left)
                ranks.extend(0 if whole else rank(self.seed, doc.text) for doc in units)
            starts.append(len(ranks))
        chosen = draw(ranks, self.fraction)[: self.limit or None]
        cuts = [bisect_left(chosen, start) for start in starts]
        return [
            {place - start for place in chosen[first:last]}
            for start, (first, last) in zip(starts, pairwise(cuts), strict=False)
        ]

    def _read(self, vocab: Vocab, path: Path) -> Iterator[Doc]:
        for doc in read_docs(path, vocab):
            for unit in [doc] if self.units == "docs" else cut_sentences(doc):
                if len(unit):
                    yield unit
