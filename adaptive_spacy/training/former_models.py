"""The models of a former training in the same output folder: kept until the new one has a better.

spaCy removes them when a training starts (`clean_output_dir`). They stay in the folder `former`,
as links to the same files, until a checkpoint of the new training has a higher score by the same
measure. Models that cannot be compared stay for good.
"""

import json
import math
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from spacy.training.loop import DIR_MODEL_BEST, DIR_MODEL_LAST
from thinc.api import Config

from adaptive_spacy.data.spacy_files import find_files, locate
from adaptive_spacy.files import link_folder, recover_folder, remove_folder, replacing_folder
from adaptive_spacy.parsing import read_object
from adaptive_spacy.training.history import HISTORY, read_history

FORMER = "former"
MODELS = (DIR_MODEL_BEST, DIR_MODEL_LAST)
CONFIG, META = "config.cfg", "meta.json"


def keep_former(output: Path) -> Path | None:
    """Keep what a former training left in an output folder, before a new one starts there.

    output (Path): The folder, which need not exist.
    RETURNS (Path | None): Where the former models are; None: there are none.
    """
    recover_models(output)
    models = [output / name for name in MODELS if (output / name / CONFIG).is_file()]
    known = list(_kept(output))
    if not models or any(_is_same(models[0], one) for one in known):
        return known[-1] if known else None
    if any(_compare(best_score(output), one, output) == "not better" for one in known):
        # what is kept already is the one to keep
        return known[-1]
    for one in known:
        if _compare(best_score(output), one, output) == "better":
            remove_folder(one)
    place = next(one for one in _names(output) if not one.exists())
    with replacing_folder(place) as aside:
        for model in models:
            link_folder(model, aside / model.name)
        if (output / HISTORY).is_file():
            shutil.copy2(output / HISTORY, aside / HISTORY)
    return place


def recover_models(output: Path) -> None:
    """Put back the models that a killed training had moved out of the way of new ones."""
    for name in MODELS:
        recover_folder(output / name)


def drop_beaten(output: Path, score: float) -> list[Path]:
    """Remove the former models that the new training's best is better than.

    output (Path): The output folder, with the new best model.
    score (float): Its main score.
    RETURNS (list[Path]): Folders that were removed.
    """
    removed = []
    for one in _kept(output):
        # a training does not end for what may lie there
        with suppress(OSError):
            if _compare(score, one, output) == "better":
                remove_folder(one)
                removed.append(one)
    return removed


def best_score(folder: Path) -> float | None:
    """RETURNS (float | None): The highest main score of the training that left its history and
    models here; None: nothing readable tells one."""
    try:
        # without a last line that a kill cut off
        rows = read_history(folder, growing=True)
    except (ValueError, OSError):
        rows = []
    scores = [row.score for row in rows]
    # spaCy writes a model before its evaluation: a kill between the two leaves no row of it
    scores += [_stated_score(folder / name) for name in MODELS]
    return max((one for one in scores if one is not None), default=None)


def _stated_score(model: Path) -> float | None:
    """RETURNS (float | None): The main score by what a model's meta.json states."""
    try:
        training: Any = Config().from_disk(model / CONFIG).interpolate()["training"]
        performance = read_object(model / META, "the meta of a pipeline")["performance"]
        weights = {key: weight for key, weight in training["score_weights"].items() if weight}
        score = sum(weight * performance[key] for key, weight in weights.items())
        return float(score) if weights and math.isfinite(score) else None
    except (ValueError, KeyError, OSError, TypeError, AttributeError):
        return None


def _compare(score: float | None, kept: Path, output: Path) -> str | None:
    """RETURNS (str | None): Whether a score of the output is "better" or "not better" than what is
    kept; None: nobody can say."""
    former = best_score(kept)
    if score is None or former is None or not _measure(output) == _measure(kept) is not None:
        return None
    return "better" if score > former else "not better"


def _measure(folder: Path) -> str | None:
    """What scores of a training mean: the metrics and the dev set. None: unknown."""
    for name in MODELS:
        try:
            config: Any = Config().from_disk(folder / name / CONFIG).interpolate()
            training = config["training"]
            dev = config
            for part in training["dev_corpus"].split("."):
                dev = dev[part]
            if _is_later(dev.get("path"), folder / name / META):
                return None
            return json.dumps([training["score_weights"], dev], sort_keys=True)
        except (ValueError, KeyError, OSError, TypeError, AttributeError):
            continue
    return None


def _is_later(corpus: Any, written: Path) -> bool:
    """Whether a file of a corpus was changed, or put there, after something was written: scores of
    before may be of other sentences."""
    if not isinstance(corpus, str) or not (path := locate(corpus)).exists():
        return False
    files = [path, *find_files(path)] if path.is_dir() else [path]
    latest = max(max(one.stat().st_mtime, one.stat().st_ctime) for one in files)
    return latest > written.stat().st_mtime


def _is_same(model: Path, kept: Path) -> bool:
    """Whether these are the files that are kept already."""
    other = kept / model.name / CONFIG
    return other.is_file() and (model / CONFIG).samefile(other)


def _kept(output: Path) -> Iterator[Path]:
    # a copy that somebody made, as former-good, is not ours to remove
    ours = re.compile(rf"{FORMER}(-\d+)?")
    found = sorted(output.glob(f"{FORMER}*"))
    return (one for one in found if ours.fullmatch(one.name) and one.is_dir())


def _names(output: Path) -> Iterator[Path]:
    yield output / FORMER
    yield from (output / f"{FORMER}-{number}" for number in count(2))
