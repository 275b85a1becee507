"""A pipe with entity types and their tags, which can be copied and read from files."""

import json
import threading
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Self

import srsly
from spacy import util
from spacy.errors import Errors
from spacy.pipeline.trainable_pipe import TrainablePipe
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

from adaptive_spacy.config.checksums import require_unchanged, unseal
from adaptive_spacy.ner.model import TagLogits
from adaptive_spacy.ner.saved_scheme import SCHEME, require_rows_of, require_scheme_of
from adaptive_spacy.ner.tags import TagSet, count_tags, require_scheme
from adaptive_spacy.parsing import read_object

#: What spaCy's classes, which are not Python's, keep outside of `vars` (spaCy 3.8)
PIPE_FIELDS = ("vocab", "model", "name", "cfg", "scorer")
#: Where spaCy's class, which is not Python's, keeps the model
MODEL: Any = TrainablePipe.model
#: Threads that predict with a model that lacks rows add them once
GROWING = threading.Lock()


class LabelledPipe(TrainablePipe):
    """A trainable pipe whose output layer has a row per tag.

    vocab (Vocab): The shared vocabulary.
    model (Model): Docs to `TagLogits`.
    name (str): The component's name in the pipeline.
    scheme (str): Tagging scheme: "BIO", "BILOU" or "IO".
    """

    #: What a copy, here or in another process, does not have of the one it was made of
    own: ClassVar[tuple[str, ...]] = ("_listed", "_known")

    def __init__(
        self, vocab: Vocab, model: Model[list[Doc], TagLogits], name: str, scheme: str
    ) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        self.scheme = require_scheme(scheme, name)
        # saved, as the rows of the weights are tags of it
        self.cfg: dict[str, Any] = {"labels": [], SCHEME: scheme}
        self._tagset = TagSet(scheme, ())
        self._told: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """Set what each copy has of its own."""
        #: The labels, to find one at once, and the list that they are of
        self._known: set[str] = set()
        self._listed: list[str] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        self.settle(over=True)
        state = {name: value for name, value in vars(self).items() if name not in self.own}
        state.update({name: getattr(self, name) for name in PIPE_FIELDS})
        return type(self).__new__, (type(self),), state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.begin()

    @property
    def model(self) -> Model[list[Doc], TagLogits]:
        """RETURNS (Model): The network, as who asks for it is about to use it: without a step that
        is owed, and with a row for each tag. Labels are added in a loop, and the rows that their
        tags need at once."""
        self.settle()
        model: Model[list[Doc], TagLogits] = MODEL.__get__(self)
        if self._lacks_rows(model):
            with GROWING:
                if self._lacks_rows(model):
                    self._grow(model)
        return model

    @model.setter
    def model(self, model: Model[list[Doc], TagLogits]) -> None:
        MODEL.__set__(self, model)

    def settle(self, *, over: bool = False) -> None:
        """The weights are about to be read: have the step made that is owed. Nobody here learns.

        over (bool): Whether no update can be under way.
        """

    def _grow(self, model: Model[list[Doc], TagLogits]) -> None:
        model.attrs["resize_output"](model, self._n_tags())

    def _n_tags(self) -> int:
        return count_tags(self.scheme, len(self.cfg["labels"]))

    def _lacks_rows(self, model: Model[list[Doc], TagLogits]) -> bool:
        return bool(model.has_dim("nO")) and model.get_dim("nO") < self._n_tags()

    def use_params(self, params: dict[Any, Any]) -> Iterator[None]:
        """Use other weights, until the end of the context. `nlp.use_params` makes it one."""
        with self.model.use_params(params):
            yield

    # Files. spaCy's own writer keeps ten decimals of a number, and its reader is not exact

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """RETURNS (bytes): The component. exclude (Iterable[str]): As in spaCy's pipes."""
        self.settle(over=True)
        writers = {
            "cfg": lambda: json.dumps(self.cfg).encode(),
            "vocab": lambda: self.vocab.to_bytes(exclude=exclude),
            "model": self.model.to_bytes,
        }
        return util.to_bytes(writers, exclude)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Self:
        """Read what `to_bytes` returned. RETURNS (LabelledPipe): This one.

        RAISES (ValueError): If the weights were trained under another scheme.
        """
        message = srsly.msgpack_loads(bytes_data)
        left_out = {*exclude, *({"cfg", "model"} - message.keys())}
        cfg = None if "cfg" in left_out else json.loads(message["cfg"])
        self._require_scheme(cfg)
        readers = {
            # as it is: one without weights takes on its rows from the bytes. First, so that the
            # labels stay where it does not fit them
            "model": MODEL.__get__(self).from_bytes,
            "vocab": lambda data: self.vocab.from_bytes(data, exclude=exclude),
        }
        util.from_dict(message, readers, exclude)
        self._take(cfg, left_out)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the component into a folder. exclude (Iterable[str]): As in spaCy's pipes."""
        self.settle(over=True)
        # spaCy writes a pipeline over the one that is there
        unseal(Path(path).parent)
        writers = {
            "cfg": lambda place: place.write_text(json.dumps(self.cfg, indent=2), encoding="utf8"),
            "vocab": lambda place: self.vocab.to_disk(place, exclude=exclude),
            "model": self.model.to_disk,
        }
        util.to_disk(path, writers, exclude)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Self:
        """Read the component.

        path (str | Path): Its folder.
        exclude (Iterable[str]): As in spaCy's pipes.
        RETURNS (LabelledPipe): This one.
        RAISES (ValueError): If the folder is not complete, a file of the pipeline around it is not
            what was written, or the weights were trained under another scheme.
        """
        # here, as `spacy.load` asks nobody else; the transformer and the vocabulary are spaCy's
        require_unchanged(Path(path).parent)
        # spaCy takes a missing cfg for an empty one, which would leave the weights without labels
        file = Path(path) / "cfg"
        if "cfg" not in exclude and not file.is_file():
            raise ValueError(f"{path}: expected the file cfg of {self.name}: the copy was cut off")
        what = f"the labels of {self.name}"
        cfg = None if "cfg" in exclude else read_object(file, what)
        self._require_scheme(cfg)
        super().from_disk(path, exclude=[*exclude, "cfg"])
        self._take(cfg, {*exclude})
        return self

    def _require_scheme(self, cfg: dict[str, Any] | None) -> None:
        if cfg is not None:
            require_scheme_of(cfg, self.scheme, self.name)

    def _take(self, cfg: dict[str, Any] | None, left_out: set[str]) -> None:
        """Take on the labels that were read, which those of the weights have to be."""
        if cfg is None:
            return
        if "model" not in left_out:
            rows = MODEL.__get__(self).maybe_get_dim("nO")
            require_rows_of(cfg, rows, self.scheme, self.name)
        self._read_cfg(cfg)

    def _read_cfg(self, cfg: dict[str, Any]) -> None:
        """Be what was written. Of what older versions did not write, nothing that was here stays:
        subclasses say what it is then."""
        self.cfg.update(cfg)

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
        """Add an entity type. Its tags come after those that the model knows. Not while threads
        predict: what they have predicted, but not yet set on their docs, lacks its tags.

        label (str): The type.
        RETURNS (int): 0 if the component has it already, otherwise 1.
        """
        if not isinstance(label, str):
            raise ValueError(Errors.E187)
        labels: list[str] = self.cfg["labels"]
        if self._listed is not labels or len(self._known) != len(labels):
            # they were read, or given to a copy
            self._listed, self._known = labels, set(labels)
        if label in self._known:
            return 0
        labels.append(label)
        self._known.add(label)
        self.vocab.strings.add(label)
        return 1

    def _tell(self, message: str) -> None:
        """Warn of something, once."""
        if message not in self._told:
            self._told.add(message)
            warnings.warn(f"{self.name}: {message}", stacklevel=3)
