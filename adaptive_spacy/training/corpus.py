"""A corpus reader with nested, seeded subsamples: `adaptive_spacy.Corpus.v1`."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.tokens import Doc
from spacy.training import Corpus, Example
from spacy.training.corpus import FILE_TYPE, walk_corpus
from spacy.vocab import Vocab
from thinc.api import ConfigValidationError

if TYPE_CHECKING:
    from spacy.language import Language


def make_corpus_v1(
    path: str | Path | None,
    fraction: float = 1.0,
    seed: int = 0,
    max_length: int = 0,
    limit: int = 0,
    gold_preproc: bool = False,
    augmenter: Callable[["Language", Example], Iterable[Example]] | None = None,
) -> "FractionCorpus":
    """Registered as `adaptive_spacy.Corpus.v1`; see `FractionCorpus`."""
    if path is None or not Path(path).exists():
        raise ConfigValidationError(
            title="Corpus not found",
            desc=f"[corpora] path: expected a .spacy file or a folder of them, got {path!s}. "
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
    )


def rank(seed: int, text: str) -> int:
    """Place of a text in the seeded order, the same on every platform and Python version.

    seed (int): Another seed gives an unrelated order.
    text (str): The text.
    RETURNS (int): 64 bits; the smallest ranks are sampled first.
    """
    return int.from_bytes(blake2b(f"{seed}\0{text}".encode(), digest_size=8).digest(), "big")


def sample(texts: list[str], fraction: float, seed: int) -> list[int]:
    """Indices of a subsample. A smaller fraction lies inside every larger one.

    texts (list[str]): The population.
    fraction (float): Share to keep, in (0, 1]; at least one text is kept.
    seed (int): Seed of the order.
    RETURNS (list[int]): Ascending indices, so that the sample keeps the corpus' order.
    """
    size = max(1, round(fraction * len(texts)))
    order = sorted(range(len(texts)), key=lambda i: rank(seed, texts[i]))
    return sorted(order[:size])


class FractionCorpus(Corpus):
    """spaCy's corpus over a nested, seeded share of the documents.

    path (Path): A .spacy file or a folder of them.
    fraction (float): Share of the documents, in (0, 1]. The 10 % sample of a seed lies inside
        its 20 % sample. Drawn before `limit`, by a hash of seed and text.
    seed (int): Seed of the sample; leave it alone to compare trainings over `system.seed`.
    max_length (int): Documents of this many tokens or more are split into sentences, and what
        is still too long is dropped, counted and said. 0: no limit.
    limit (int): At most this many documents, over all files. 0: no limit.
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
    ) -> None:
        if not 0.0 < fraction <= 1.0:
            raise ConfigValidationError(
                title="Bad corpus",
                desc=f"[corpora] fraction: expected a number in (0, 1], got {fraction}",
            )
        super().__init__(
            path,
            limit=limit,
            gold_preproc=gold_preproc,
            max_length=max_length,
            augmenter=augmenter,
        )
        self.fraction = fraction
        self.seed = seed
        self._said_dropped = False

    def read_docbin(self, vocab: Vocab, locs: Iterable[str | Path]) -> Iterator[Doc]:
        """Yield the sampled documents, in the order of the files."""
        # spaCy's own `limit` starts anew with every file; ours counts over all of them
        limit, self.limit = self.limit, 0
        try:
            docs = list(super().read_docbin(vocab, locs))
        finally:
            self.limit = limit
        if self.fraction < 1.0 and docs:
            docs = [docs[i] for i in sample([doc.text for doc in docs], self.fraction, self.seed)]
        yield from docs[: limit or None]

    def make_examples(self, nlp: "Language", reference_docs: Iterable[Doc]) -> Iterator[Example]:
        docs = list(reference_docs)
        kept = 0
        for example in super().make_examples(nlp, docs):
            kept += len(example.reference)
            yield example
        dropped = sum(map(len, docs)) - kept
        if dropped and not self._said_dropped:
            self._said_dropped = True
            warnings.warn(
                f"max_length = {self.max_length} drops {dropped} of {dropped + kept} tokens "
                f"of {self.path}",
                stacklevel=2,
            )

    def files(self) -> list[Path]:
        """RETURNS (list[Path]): The files that the corpus reads, sorted."""
        return walk_corpus(self.path, FILE_TYPE)
