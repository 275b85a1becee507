"""A pipe with entity types and their tags, which can be copied and read from files."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Self
from weakref import ref

from spacy.errors import Errors
from spacy.language import Language
from spacy.pipeline.trainable_pipe import TrainablePipe
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

from adaptive_spacy.ner.model import TagLogits
from adaptive_spacy.ner.tags import TagSet, require_scheme

#: What spaCy's classes, which are not Python's, keep outside of `vars` (spaCy 3.8)
PIPE_FIELDS = ("vocab", "model", "name", "cfg", "scorer")


class LabelledPipe(TrainablePipe):
    """A trainable pipe whose output layer has a row per tag.

    vocab (Vocab): The shared vocabulary.
    model (Model): Docs to `TagLogits`.
    name (str): The component's name in the pipeline.
    scheme (str): Tagging scheme: "BIO", "BILOU" or "IO".
    """

    #: What a copy, here or in another process, does not have of the one it was made of
    own: ClassVar[tuple[str, ...]] = ("nlp",)

    def __init__(
        self, vocab: Vocab, model: Model[list[Doc], TagLogits], name: str, scheme: str
    ) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        self.scheme = require_scheme(scheme, name)
        self.cfg: dict[str, Any] = {"labels": []}
        self._tagset = TagSet(scheme, ())
        self._told: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """Set what each copy has of its own."""
        #: The pipeline that the component was made for
        self.nlp: ref[Language] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in vars(self).items() if name not in self.own}
        state.update({name: getattr(self, name) for name in PIPE_FIELDS})
        return type(self).__new__, (type(self),), state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.begin()

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Self:
        """Read the component.

        path (str | Path): Its folder.
        exclude (Iterable[str]): As in spaCy's pipes.
        RETURNS (LabelledPipe): This one.
        RAISES (ValueError): If the folder is not complete.
        """
        # spaCy takes a missing cfg for an empty one, which would leave the weights without labels
        if "cfg" not in exclude and not (Path(path) / "cfg").is_file():
            raise ValueError(f"{path}: expected the file cfg of {self.name}: the copy was cut off")
        super().from_disk(path, exclude=exclude)
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): The entity types."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        """RETURNS (list[str]): What `initialize` takes as labels (`spacy init labels`)."""
        return list(self.cfg["labels"])

    @property
    def tagset(self) -> TagSet:
        """RETURNS (TagSet): The tags, in the order of the output layer's rows."""
        if self._tagset.types != self.labels:
            self._tagset = TagSet(self.scheme, self.labels)
        return self._tagset

    def add_label(self, label: str) -> int:
        """Add an entity type. Its tags come after those that the model knows.

        label (str): The type.
        RETURNS (int): 0 if the component has it already, otherwise 1.
        """
        if not isinstance(label, str):
            raise ValueError(Errors.E187)
        if label in self.cfg["labels"]:
            return 0
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        if self.model.has_dim("nO"):
            self.set_output(len(self.tagset.columns))
        return 1

    def _tell(self, message: str) -> None:
        """Warn of something, once."""
        if message not in self._told:
            self._told.add(message)
            warnings.warn(f"{self.name}: {message}", stacklevel=3)
