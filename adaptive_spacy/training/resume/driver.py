"""spaCy's `train`, saved as a whole while it runs, and begun wherever it was.

What is done, in which order and with which random numbers is spaCy's (3.8,
`spacy/training/loop.py`); its pieces are called where they can be. Different are the files: each
model takes the former one's place at once, so that there is always a best one.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from spacy.language import Language
from spacy.schemas import ConfigSchemaTraining
from spacy.training.loop import (
    DIR_MODEL_BEST,
    DIR_MODEL_LAST,
    create_before_to_disk_callback,
    update_meta,
)
from spacy.util import registry, resolve_dot_names
from thinc.api import fix_random_seed, set_gpu_allocator

from adaptive_spacy.files import replacing_folder
from adaptive_spacy.training.checkpoints import Checkpoint
from adaptive_spacy.training.resume import randomness
from adaptive_spacy.training.resume.batches import Batches
from adaptive_spacy.training.resume.loop import Loop
from adaptive_spacy.training.resume.main_score import MainScore
from adaptive_spacy.training.resume.optimizers import load_optimizer, save_optimizer
from adaptive_spacy.training.resume.pace import Pace
from adaptive_spacy.training.resume.parameters import load_weights, save_weights
from adaptive_spacy.training.resume.resumable import load_parts, require_remembered, save_parts
from adaptive_spacy.training.resume.signals import Interruption
from adaptive_spacy.training.resume.snapshots import Snapshots
from adaptive_spacy.transformer.shim import precision_of

#: Parts of `[training]` that may remember something, besides the batcher (see `Batches`)
PARTS = ("before_update", "before_to_disk", "dropout")


class Driver:
    """One training.

    nlp (Language): The pipeline, initialized, with the full config.
    output (Path | None): Gets the models; None: they are the logger's.
    snapshots (Snapshots | None): Get the training as a whole; None: it cannot be resumed.
    identity (dict): What makes it the same training, kept with it.
    pace (Pace | None): When it is saved; None: the default.
    interruption (Interruption | None): Says that it is to end after the step.
    use_gpu (int): Number of the GPU; -1: the processor.
    stdout, stderr (IO): As in `spacy.training.loop.train`.
    """

    def __init__(
        self,
        nlp: Language,
        output: Path | None,
        *,
        snapshots: Snapshots | None = None,
        identity: dict[str, Any] | None = None,
        pace: Pace | None = None,
        interruption: Interruption | None = None,
        use_gpu: int = -1,
        stdout: IO[str] | None = None,
        stderr: IO[str] | None = None,
    ) -> None:
        self.nlp, self.output, self.snapshots = nlp, output, snapshots
        self.identity = identity or {}
        self.pace, self.interruption = pace or Pace(), interruption or Interruption()
        self.stdout, self.stderr = stdout or sys.stdout, stderr or sys.stderr
        config = nlp.config.interpolate()
        if config["training"]["seed"] is not None:
            fix_random_seed(config["training"]["seed"])
        allocator = config["training"]["gpu_allocator"]
        if use_gpu >= 0 and allocator:
            set_gpu_allocator(allocator)
        training: Any = registry.resolve(config["training"], schema=ConfigSchemaTraining)
        names = [training["train_corpus"], training["dev_corpus"]]
        train_corpus, self.dev_corpus = resolve_dot_names(config, names)
        self.training = training
        self.before_to_disk = create_before_to_disk_callback(training["before_to_disk"])
        batches = Batches(nlp, train_corpus, training["batcher"], training["max_epochs"])
        self.main_score = MainScore(nlp, self.dev_corpus, training["score_weights"])
        self.loop = Loop(nlp, training, batches, self.main_score)
        self._say(f"Pipeline: {nlp.pipe_names}")
        for what, key in (
            ("Frozen components", "frozen_components"),
            ("Set annotations on update for", "annotating_components"),
        ):
            if training[key]:
                self._say(f"{what}: {training[key]}")
        self._say(f"Initial learn rate: {self.loop.optimizer.learn_rate}")
        with self._unfrozen():
            self.log_step, self.finalize = training["logger"](nlp, self.stdout, self.stderr)
        if snapshots is not None:
            callables = ("before_update", "before_to_disk", "batcher")
            parts = {f"training.{key}": training[key] for key in callables}
            parts |= {"training.logger": self.log_step, training["dev_corpus"]: self.dev_corpus}
            if batches.streamed:
                # any other is read once
                parts[training["train_corpus"]] = train_corpus
            require_remembered(config, parts)

    def run(self, state: dict[str, Any] | None = None) -> None:
        """Train to the end.

        state (dict | None): What a snapshot held; None: from the beginning.
        RAISES (Interrupted): If it was ended by a signal; the training is saved then.
        """
        if state is not None:
            self.load(state)
        self.begin_trackers()
        try:
            self._steps()
        except Exception as error:
            if self.output is not None:
                self._say(f"Aborting and saving the final best model. Encountered: {error!r}", "⚠")
            self._finalize()
            # the first error says why
            with suppress(Exception):
                self._save_models(is_best=False)
            raise
        except BaseException:
            self._finalize()
            raise
        self.finalize()
        self._save_models(is_best=False)
        if self.snapshots is not None:
            self.snapshots.finish(self.identity)

    def begin_trackers(self) -> None:
        """Have trackers begin that have not, before anything is trained.

        RAISES (ValueError): If one cannot. A training that is resumed goes on without it.
        """
        begin = getattr(self.log_step, "begin_trackers", None)
        if begin is None:
            return
        try:
            begin(self.output, resumed=self.loop.step >= 0)
        except BaseException:
            # others have begun
            self._finalize()
            raise

    def _steps(self) -> None:
        """Train, save, log. RAISES (Interrupted): After a signal."""
        self.interruption.check()
        for _, info, is_best in self.loop:
            if is_best is not None:
                with self._unfrozen():
                    update_meta(self.training, self.nlp, info)
                if self.output is not None:
                    self._save_models(is_best=is_best)
                    info["output_path"] = str(self.output / DIR_MODEL_LAST)
            self.log_step(info if is_best is not None else None)
            stopped = self.interruption.number is not None
            seconds = self.loop.seconds
            if stopped or self.pace.is_due(self.loop.step, is_best is not None, seconds):
                self.save()
            self.interruption.check()

    def save(self) -> None:
        """Save the training as a whole."""
        if self.snapshots is None:
            return
        begun = perf_counter()
        self.snapshots.write(self.loop.step, self.identity, self._state())
        self.pace.took(perf_counter() - begun, self.loop.seconds)

    def _state(self) -> dict[str, Any]:
        nlp = self.nlp
        return {
            "loop": self.loop.save_state(),
            "main_score": self.main_score.save_state(),
            "batches": self.loop.batches.save_state(),
            "weights": save_weights(nlp),
            "optimizer": save_optimizer(self.loop.optimizer, nlp),
            "performance": nlp.meta.get("performance", {}),
            "parts": save_parts(self._parts(), nlp),
            "random": randomness.take(),
            "precision": precision_of(nlp),
            "pace": self.pace.save_state(self.loop.seconds),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Have everything as a snapshot holds it, in the order in which one thing needs another:
        batches are drawn before the schedule knows that it may be finished, and random numbers come
        last."""
        nlp, loop = self.nlp, self.loop
        # on a GPU too; snapshots of before do not have it
        then, now = state.get("precision"), precision_of(nlp)
        if then is not None and then != now:
            self._say(f"Going on in {now}; before, it was {then}: the end will be another one", "⚠")
        loop.load_state(state["loop"])
        # snapshots of before do not have them
        if "main_score" in state:
            self.main_score.load_state(state["main_score"])
        if "pace" in state:
            self.pace.load_state(state["pace"])
        loop.batches.load_state(state["batches"], self.output)
        load_weights(nlp, state["weights"])
        nlp.meta["performance"] = state["performance"]
        # of snapshots of before the batcher is one
        parts = {**self._parts(), "batcher": self.training["batcher"]}
        load_parts(parts, nlp, state["parts"], self.output)
        load_optimizer(loop.optimizer, nlp, state["optimizer"], loop.step + 1, self.output)
        randomness.restore(state["random"])

    def _parts(self) -> dict[str, Any]:
        """RETURNS (dict): What may remember something, by name."""
        parts = {name: self.training[name] for name in PARTS}
        parts |= {"logger": self.log_step, "dev_corpus": self.dev_corpus}
        return parts | {f"components.{name}": pipe for name, pipe in self.nlp.components}

    def _save_models(self, *, is_best: bool) -> None:
        if self.output is None:
            return
        last, best = self.output / DIR_MODEL_LAST, self.output / DIR_MODEL_BEST
        with self.nlp.use_params(self.loop.optimizer.averages or {}):
            written = self.before_to_disk(self.nlp)
            if isinstance(written, Checkpoint):
                written.to_disk(last)
            else:
                with replacing_folder(last) as aside:
                    written.to_disk(aside)
        if is_best:
            with replacing_folder(best) as aside:
                shutil.copytree(last, aside, dirs_exist_ok=True)

    def _finalize(self) -> None:
        with suppress(Exception):
            self.finalize()

    @contextmanager
    def _unfrozen(self) -> Iterator[None]:
        with self.nlp.select_pipes(disable=self.training["frozen_components"]):
            yield

    def _say(self, text: str, mark: str = "ℹ") -> None:
        self.stdout.write(f"{mark} {text}\n")
