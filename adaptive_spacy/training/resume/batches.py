"""The batches of a training, in spaCy's order, from wherever it stood.

spaCy's own generator (`create_train_batches`) shuffles the examples once per epoch and has a
batcher cut them. Batchers are generators of anyone: where one stands cannot be read. So an epoch
that is resumed begins again, and its batches are drawn without being trained on; whatever of the
global random states a batcher used, it finds as it was, and so does what it says to remember. A
schedule of batch sizes, which goes on from epoch to epoch, is drawn from as often as before.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

from spacy.errors import Errors
from spacy.language import Language
from spacy.training import Example

from adaptive_spacy.training.resume import randomness
from adaptive_spacy.training.resume.resumable import Resumable

Reader = Callable[[Language], Iterable[Example]]
Batcher = Callable[[Iterable[Example]], Iterable[list[Example]]]


class Counted:
    """An iterator that knows how often it was drawn from.

    values (Iterator): The iterator.
    """

    def __init__(self, values: Iterator[Any]) -> None:
        self.values = values
        self.drawn = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self.drawn += 1
        return next(self.values)


def count_sizes(batcher: Any) -> list[Counted]:
    """Count the draws from the schedules of a batcher's sizes, from now on.

    batcher (Callable): spaCy's, which are partial functions, or one around another, as
        `adaptive_spacy.until_finished.v1`; others are as they are.
    RETURNS (list[Counted]): The schedules, in the batcher's arguments now.
    """
    if not isinstance(batcher, partial):
        inner = getattr(batcher, "batcher", None)
        return [] if inner is None else count_sizes(inner)
    found = []
    for name, value in batcher.keywords.items():
        if isinstance(value, Iterator):
            found.append(Counted(value))
            batcher.keywords[name] = found[-1]
    return found


class Batches:
    """The same batches as spaCy's `create_train_batches`, with a position that can be saved.

    nlp (Language): The pipeline.
    corpus (Callable): The training corpus.
    batcher (Callable): The batcher.
    max_epochs (int): As in `[training]`; -1: the corpus is streamed, never shuffled here.
    """

    def __init__(self, nlp: Language, corpus: Reader, batcher: Batcher, max_epochs: int) -> None:
        self.nlp, self.corpus, self.batcher, self.max_epochs = nlp, corpus, batcher, max_epochs
        self.epoch = 0
        #: Batches drawn in this epoch
        self.drawn = 0
        self.examples: list[Example] = []
        #: What the shuffles so far have made of the corpus' order
        self.order: list[int] = []
        #: Random states before the corpus was read, and before the epoch's first batch
        self.read: randomness.State = {}
        self.begun: randomness.State = {}
        #: What corpus and batcher remembered at the beginning of the epoch
        self.corpus_state: dict[str, Any] | None = None
        self.batcher_state: dict[str, Any] | None = None
        #: Random states that a draw of this epoch found and used, where others had moved them
        self.marks: dict[int, randomness.State] = {}
        self.left: randomness.State = {}
        #: Schedules of batch sizes, and how often they had been drawn from before this epoch
        self.sizes = count_sizes(batcher)
        self.sizes_drawn: list[int] = []
        self.batches: Iterator[list[Example]] | None = None

    @property
    def streamed(self) -> bool:
        """RETURNS (bool): Whether the corpus is read anew in each epoch."""
        return self.max_epochs < 0

    def __iter__(self) -> Iterator[tuple[int, list[Example]]]:
        """YIELDS (tuple): Epoch and batch."""
        if self.batches is None and not self.streamed:
            self.read = randomness.take()
            self._read()
            self.order = list(range(len(self.examples)))
        while self.max_epochs < 1 or self.epoch != self.max_epochs:
            if self.batches is None:
                self._begin()
            while (batch := self._draw()) is not None:
                yield self.epoch, batch
            self.batches = None
            self.epoch += 1

    def save_state(self) -> dict[str, Any]:
        """RETURNS (dict): The position after the last batch that was drawn."""
        return {
            "epoch": self.epoch,
            "drawn": self.drawn,
            "order": self.order,
            "read": self.read,
            "begun": self.begun,
            "corpus": self.corpus_state,
            "batcher": self.batcher_state,
            "sizes": self.sizes_drawn,
            "marks": {str(number): state for number, state in self.marks.items()},
        }

    def load_state(self, state: dict[str, Any], output: Path | None) -> None:
        """Go to a position. The global random states are anywhere afterwards.

        RAISES (ValueError): If the corpus or the batcher gives fewer than then.
        """
        self.epoch, self.order, self.read = state["epoch"], state["order"], state["read"]
        if not self.streamed:
            randomness.restore(self.read)
            self._read()
            if len(self.examples) != len(self.order):
                raise ValueError(
                    f"[training] train_corpus: expected {len(self.order)} examples, as before, got "
                    f"{len(self.examples)}: this training cannot go on with it"
                )
        self.corpus_state = state["corpus"]
        if self.corpus_state is not None and isinstance(self.corpus, Resumable):
            self.corpus.load_state(self.nlp, self.corpus_state, output)
        # snapshots of before do not have it
        self.batcher_state = state.get("batcher")
        if self.batcher_state is not None and isinstance(self.batcher, Resumable):
            self.batcher.load_state(self.nlp, self.batcher_state, output)
        self.begun, self.sizes_drawn = state["begun"], state["sizes"]
        if len(self.sizes) != len(self.sizes_drawn):
            raise ValueError(
                f"[training.batcher]: expected {len(self.sizes_drawn)} schedules of sizes, as "
                f"before, got {len(self.sizes)}: this training cannot go on with it"
            )
        for size, drawn in zip(self.sizes, self.sizes_drawn, strict=True):
            while size.drawn < drawn:
                next(size)
        self.marks = {int(number): one for number, one in state["marks"].items()}
        randomness.restore(self.begun)
        self.batches = iter(self._cut())
        for number in range(state["drawn"]):
            randomness.restore(self.marks.get(number, {}))
            if next(self.batches, None) is None:
                raise ValueError(
                    f"[training.batcher]: expected {state['drawn']} batches or more in epoch "
                    f"{self.epoch}, as before, got {number}: this training cannot go on with it"
                )
        self.drawn, self.left = state["drawn"], randomness.take()

    def places(self, batch: list[Example]) -> list[int] | None:
        """RETURNS (list[int] | None): Where the examples of a batch are in the corpus, from 0;
        None where it is streamed."""
        known = {id(one): place for place, one in enumerate(self.examples)}
        found = [known.get(id(one)) for one in batch]
        return None if None in found else sorted(one for one in found if one is not None)

    def _read(self) -> None:
        self.examples = list(self.corpus(self.nlp))
        if not self.examples:
            raise ValueError(Errors.E986)

    def _begin(self) -> None:
        if not self.streamed:
            # the same exchanges as if it were the examples themselves
            random.shuffle(self.order)
        self.drawn, self.marks = 0, {}
        # copies: they are saved when the epoch has gone on
        if isinstance(self.corpus, Resumable):
            self.corpus_state = deepcopy(self.corpus.save_state(self.nlp))
        if isinstance(self.batcher, Resumable):
            self.batcher_state = deepcopy(self.batcher.save_state(self.nlp))
        self.sizes_drawn = [size.drawn for size in self.sizes]
        self.begun = randomness.take()
        self.batches = iter(self._cut())
        self.left = randomness.take()

    def _cut(self) -> Iterable[list[Example]]:
        if self.streamed:
            return self.batcher(self.corpus(self.nlp))
        return self.batcher([self.examples[place] for place in self.order])

    def _draw(self) -> list[Example] | None:
        assert self.batches is not None
        found = randomness.take()
        batch = next(self.batches, None)
        after = randomness.take()
        # what it left itself it finds again without help
        moved = randomness.changed(found, after) & randomness.changed(self.left, found)
        if moved:
            self.marks[self.drawn] = {name: found[name] for name in moved}
        self.left = after
        if batch is not None:
            self.drawn += 1
        return batch
