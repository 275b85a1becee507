"""Checkpoints that are whole, finite and say no more than is true: `adaptive_spacy.checkpoint.v1`.

spaCy's training writes a pipeline part by part over the one before, also when it breaks off, with
the scores of the last evaluation. Here it is written aside and takes the other's place at once:
killed at any moment, the folder holds the one or the other. Weights that are not finite are not
written, and scores only beside the weights that they were measured with, with all digits: spaCy's
own `nlp.to_disk` keeps ten decimals.
"""

import json
import math
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy
from spacy.errors import Errors
from spacy.language import Language

from adaptive_spacy.adaptive.callback import load_then, save_then
from adaptive_spacy.config.checksums import seal
from adaptive_spacy.files import replacing_folder
from adaptive_spacy.ner.calibrated_pipe import CalibratedPipe
from adaptive_spacy.ner.temperature import HIGHEST
from adaptive_spacy.training.lock import Lock, claim
from adaptive_spacy.training.soundness import require_finite, sums

BeforeToDisk = Callable[[Language], Language]

CONFIG = "config.cfg"
META = "meta.json"


def make_checkpoint_v1(then: BeforeToDisk | None = None) -> "Checkpoints":
    """Registered as `adaptive_spacy.checkpoint.v1`, for `[training.before_to_disk]`.

    then (Callable | None): Another `before_to_disk`, called first.
    """
    return Checkpoints(then)


class Checkpoints:
    """The checkpoints of one training.

    then (Callable | None): See `make_checkpoint_v1`.
    """

    def __init__(self, then: BeforeToDisk | None) -> None:
        self.then = then
        # spaCy also writes when a training has broken off
        self.outer_exception = sys.exception()
        self.performance: Mapping[str, Any] | None = None
        self.evaluated: dict[tuple[str, str], float] = {}
        self.lock: Lock | None = None

    def __call__(self, nlp: Language) -> "Checkpoint":
        # before it is copied: copies know of no evaluation
        keep_temperatures(nlp)
        modified = nlp if self.then is None else self.then(nlp)
        if not isinstance(modified, Language):
            raise ValueError(Errors.E914.format(name="before_to_disk", value=type(modified)))
        return Checkpoint(modified, self)

    def write(self, nlp: Language, path: Path, exclude: Iterable[str] = ()) -> None:
        """Write a checkpoint over the former one.

        nlp (Language): The pipeline.
        path (Path): Its folder, in the output folder of the training.
        exclude (Iterable[str]): As in `Language.to_disk`.
        RAISES (ValueError): If weights are not finite, or another training has the output folder;
            nothing is written then.
        """
        self.lock = self.lock or claim(path.parent)
        found = sums(nlp)
        if not all(math.isfinite(total) for total in found.values()):
            if sys.exception() is self.outer_exception:
                require_finite(nlp)
            # the exception that ends the training says why
            warnings.warn(
                f"the weights are not finite and were not written: {path} is as it was",
                stacklevel=2,
            )
            return
        write_whole(nlp, path, exclude, performance=self._true_scores(nlp, found))

    def save_state(self, nlp: Language) -> dict[str, Any]:
        """RETURNS (dict): Which weights the last scores are of, and what `then` remembers."""
        known = nlp.meta.get("performance") is self.performance
        sums_ = [[*key, total] for key, total in self.evaluated.items()]
        return {"known": known, "evaluated": sums_, "then": save_then(self.then, nlp)}

    def load_state(self, nlp: Language, state: dict[str, Any], output: Path | None) -> None:
        """Know it again."""
        self.performance = nlp.meta["performance"] if state["known"] else None
        self.evaluated = {(name, one): total for name, one, total in state["evaluated"]}
        # snapshots of before do not have it
        load_then(self.then, nlp, state.get("then"), output)

    def _true_scores(self, nlp: Language, found: dict[tuple[str, str], float]) -> dict[str, Any]:
        """The scores of the last evaluation, if the weights are those that it scored."""
        performance = nlp.meta.get("performance") or {}
        # spaCy makes a new one at each evaluation, and writes at once
        if performance is not self.performance:
            self.performance, self.evaluated = performance, found
        if found == self.evaluated:
            return _plain(performance)
        warnings.warn(
            "the training went on after its last evaluation: the last checkpoint states no scores; "
            "adaptive-spacy evaluate measures them",
            stacklevel=2,
        )
        return {}


class Checkpoint(Language):
    """A pipeline that knows how it is written; in all else the pipeline itself.

    nlp (Language): The pipeline.
    checkpoints (Checkpoints): Writes it.
    """

    def __init__(self, nlp: Language, checkpoints: Checkpoints) -> None:
        # not initialized as one: what it lacks is looked up in the pipeline
        self._nlp, self._checkpoints = nlp, checkpoints

    def __getattr__(self, name: str) -> Any:
        # a copy has nothing yet when it is asked whether it can be filled
        if "_nlp" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self._nlp, name)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """See `Checkpoints.write`."""
        self._checkpoints.write(self._nlp, Path(path), exclude)


def keep_temperatures(nlp: Language) -> None:
    """Have components state their confidences at the temperature of the last evaluation."""
    for _, pipe in nlp.components:
        if isinstance(pipe, CalibratedPipe):
            pipe.keep_temperature()


def unsure(nlp: Language) -> Iterator[str]:
    """YIELDS (str): A warning for each component whose confidences tell little."""
    for name, pipe in nlp.components:
        if isinstance(pipe, CalibratedPipe) and pipe.temperature >= HIGHEST:
            yield (
                f"⚠ {name}: its temperature is {HIGHEST:g}, the highest that is tried: on dev it "
                "was often wrong where it was sure, so its confidences are low and tell little"
            )


def write_whole(
    nlp: Language, path: Path, exclude: Iterable[str] = (), *, performance: Mapping[str, Any]
) -> None:
    """Write a pipeline, with checksums, into a folder that takes the place of another once it is
    complete.

    nlp (Language): The pipeline.
    path (Path): The folder.
    exclude (Iterable[str]): As in `Language.to_disk`.
    performance (dict): The scores that its meta.json states.
    """
    former = nlp.meta.get("performance", {})
    nlp.meta["performance"] = performance
    try:
        # what cannot be written is found before the former checkpoint is touched
        # spaCy's own writer keeps ten decimals of a number
        meta = json.dumps(_plain(nlp.meta), indent=2)
        config = nlp.config.to_str()
        with replacing_folder(path) as aside:
            # spaCy goes by names without suffix
            nlp.to_disk(aside, exclude=[*exclude, Path(CONFIG).stem, Path(META).stem])
            for name, text in ((META, meta), (CONFIG, config)):
                (aside / name).write_text(text, encoding="utf8")
            seal(aside)
    finally:
        nlp.meta["performance"] = former


def _plain(value: Any) -> Any:
    """Scores as JSON takes them, which knows neither NaN, here null, nor numpy's numbers."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, numpy.generic):
        return _plain(value.item())
    if isinstance(value, Real) and not isinstance(value, Integral):
        return float(value) if math.isfinite(value) else None
    return value
