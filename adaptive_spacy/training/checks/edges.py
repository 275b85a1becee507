"""Entities with an edge that cannot be predicted, in the corpora of a training."""

from collections.abc import Callable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from adaptive_spacy.ner.learning_pipe import LearningPipe
from adaptive_spacy.ner.unseen_edges import Tokens, UnseenEdges, find_tokens
from adaptive_spacy.training.checks.windows import Window

#: The factory whose entities begin and end on tokens with a word piece only
FACTORY = "transformer_ner"


class Edges(UnseenEdges):
    """Counts such entities in the corpus of one split.

    name (str): Its section.
    find_windows (Callable): Returns how the pipeline's transformers cut docs. Asked only where a
        tokenizer has to be.
    """

    def __init__(self, name: str, find_windows: Callable[[], Sequence[Window]]) -> None:
        super().__init__(self._find_pieces)
        self.name = name
        self.find_windows = find_windows

    def describe(self, total: int) -> Iterator[str]:
        """YIELDS (str): A line, if there are any. total (int): Entities of the corpus."""
        yield from (f"[{self.name}] {line}" for line in super().describe(total))

    def _find_pieces(self, doc: Doc) -> Iterator[Tokens]:
        for window in self.find_windows():
            if window.pieces is not None:
                (spans,) = window.get_spans([doc])
                yield find_tokens(window.pieces.tokenizer, spans)


def leave_told(nlp: Language) -> None:
    """Have the components not say at their initialization what was said of their corpora."""
    for _, pipe in nlp.components:
        if isinstance(pipe, LearningPipe):
            pipe.edges_told = True
