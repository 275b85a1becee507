"""`adaptive-spacy train`: starts a training, or goes on with the one that was broken off."""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from spacy.cli._util import import_code, setup_gpu
from spacy.training.initialize import init_nlp
from spacy.training.loop import DIR_MODEL_BEST, DIR_MODEL_LAST
from spacy.util import load_config

from adaptive_spacy.config.overrides import parse_overrides
from adaptive_spacy.config.requirements import require_language
from adaptive_spacy.config.settings import find
from adaptive_spacy.parsing import reading
from adaptive_spacy.training.former_models import keep_former, recover_models
from adaptive_spacy.training.lock import claim
from adaptive_spacy.training.logger import TrainingLog
from adaptive_spacy.training.messages import wrap
from adaptive_spacy.training.resume.driver import Driver
from adaptive_spacy.training.resume.identity import differences, identify, other_machine
from adaptive_spacy.training.resume.pace import Pace
from adaptive_spacy.training.resume.signals import Interrupted, Interruption
from adaptive_spacy.training.resume.snapshots import RESUME, Snapshots


class Asked(NamedTuple):
    """What the command was asked for.

    resume (bool): Go on where the training in the output folder was broken off.
    force (bool): Go on although config, data or versions are others.
    """

    resume: bool = False
    force: bool = False


def start(
    path: Path,
    output: Path,
    arguments: list[str],
    *,
    asked: Asked,
    code: Path | None = None,
    gpu_id: int = -1,
    pace: Pace | None = None,
) -> int | None:
    """Train a config.

    path (Path): The config.
    output (Path): Gets the models, the history and, while it trains, the folder `resume`.
    arguments (list[str]): Overrides as on the command line, e.g. ["--paths.train", "a.spacy"].
    asked (Asked): Whether to go on.
    code (Path | None): A Python file with functions of the config.
    gpu_id (int): Number of the GPU; -1: the processor.
    pace (Pace | None): When the training is saved; None: the default.
    RETURNS (int | None): The number of the signal that ended the training; None: it is over.
    RAISES (ValueError): If the config cannot be read, another training has the folder, or the one
        there is another one.
    """
    interruption = Interruption()
    with interruption.listening():
        import_code(code)
        overrides = parse_overrides(arguments, "train", "--paths.train")
        with reading(path, "a config of spaCy"):
            config = load_config(path, overrides=overrides, interpolate=False)
            lang = find(config, "nlp").get("lang")
            # what is missing, and what refers to another value, is spaCy's to say
            if lang is not None and "$" not in str(lang):
                require_language(lang, "[nlp] lang")
        # first, as what computes is part of what a training is
        setup_gpu(gpu_id)
        with reading(path, "a config of spaCy"):
            identity = identify(config, code, output)
        lock = claim(output)
        snapshots = Snapshots(output / RESUME)
        state = None
        if asked.resume:
            if _is_over(snapshots, identity, output):
                return None
            state = _find_state(snapshots, identity, output, force=asked.force)
        nlp = init_nlp(config, use_gpu=gpu_id)
        try:
            interruption.check()
            driver = Driver(
                nlp,
                output,
                snapshots=snapshots,
                identity=identity,
                pace=pace,
                interruption=interruption,
                use_gpu=gpu_id,
            )
            if isinstance(driver.log_step, TrainingLog):
                driver.log_step.code = code
            if state is None:
                # as late as can be: what ends before leaves what is there
                interruption.check()
                driver.begin_trackers()
                _make_room(snapshots, output)
            else:
                _load(driver, state, forced=asked.force)
            driver.run()
        except Interrupted as signal:
            _say(f"ℹ {_how_to_go_on(snapshots)}")
            return signal.number
        finally:
            del lock
        return None


def _is_over(snapshots: Snapshots, identity: dict[str, Any], output: Path) -> bool:
    """Whether this very training came to its end here, and what it made is still there."""
    over = snapshots.finished()
    if over is None or differences(over, identity):
        return False
    if not (output / DIR_MODEL_LAST).is_dir():
        _say(f"ℹ The training in {output} came to its end, but its {DIR_MODEL_LAST} is gone")
        return False
    _say(f"✔ Nothing is left to do: the training in {output} came to its end")
    return True


def _find_state(
    snapshots: Snapshots, identity: dict[str, Any], output: Path, *, force: bool
) -> dict[str, Any] | None:
    """RETURNS (dict | None): Where the training in the folder was broken off; None: there is none.
    RAISES (ValueError): If that was another one."""
    found = snapshots.read()
    if found is None:
        _say(f"ℹ No training in {output} was broken off: a new one begins")
        return None
    then, state = found
    if others := differences(then, identity):
        text = "; ".join(others)
        if not force:
            raise ValueError(
                f"{output}: the training that was broken off there is another one: {text}. Give it "
                "what it had, add --force to go on with it anyway, or leave --resume out to start "
                "anew"
            )
        _say(f"⚠ Going on, although the training was another one: {text}")
    if others := other_machine(then, identity):
        _say(f"⚠ Another machine: the end may differ in the last digits ({'; '.join(others)})")
    _say(f"ℹ Going on after step {state['loop']['step']}")
    recover_models(output)
    if not (output / DIR_MODEL_BEST).is_dir():
        _, best = max(state["loop"]["results"])
        _say(
            f"⚠ The {DIR_MODEL_BEST} of step {best} is gone from {output}, and is not in what was "
            "saved: only one that is as good takes its place"
        )
    return state


def _load(driver: Driver, state: dict[str, Any], *, forced: bool) -> None:
    """RAISES (ValueError): If it is of another training that has other parts."""
    try:
        driver.load(state)
    except (LookupError, AttributeError, TypeError, RuntimeError, AssertionError) as error:
        if not forced:
            raise
        raise ValueError(
            "what was saved does not fit what this config builds "
            f"({type(error).__name__}: {error}): --force cannot go on with it. Give it the config "
            "that it had, or leave --resume out to start anew"
        ) from error


def _make_room(snapshots: Snapshots, output: Path) -> None:
    """A new training begins: nothing of a former one may pass for its own, and nothing good is
    lost."""
    if folders := snapshots.folders():
        _say(
            f"⚠ The training in {output} that was broken off after {folders[-1].name} is given up; "
            "--resume goes on with one"
        )
    if (kept := keep_former(output)) is not None:
        _say(
            f"ℹ The former models are kept in {kept}, until this training has a better one of its "
            "own"
        )
    snapshots.clear()


def _how_to_go_on(snapshots: Snapshots) -> str:
    if folders := snapshots.folders():
        return f"Saved after {folders[-1].name}. Go on: the same command with --resume"
    return "Nothing was trained yet. Start again: the same command"


def _say(text: str) -> None:
    print(wrap(text), file=sys.stdout, flush=True)
