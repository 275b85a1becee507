"""What the scores that a package states are of: which sentences, and whether of its pipeline."""

from pathlib import Path
from typing import Any

from adaptive_spacy.data.shared_texts import count_copies
from adaptive_spacy.parsing import read_object
from adaptive_spacy.printable import called
from adaptive_spacy.serving.facts import find_whole
from adaptive_spacy.training.checks.corpora import TOLERANCE
from adaptive_spacy.training.history import BEST, LAST, find_checkpoint
from adaptive_spacy.training.known_texts import read_keys, read_known

LEARNT = "The pipeline was trained on these sentences: the scores are too good."
#: The same of a part of them
LEARNT_PART = (
    "The pipeline was trained on {part:,} of these {all:,} sentences: the scores are too good."
)
WATCHED = "These are scores on the dev set, which the training watched, not on a test set."
WATCHED_PART = (
    "{part:,} of these {all:,} sentences are of the dev set, which the training watched: these are "
    "no scores on a test set."
)
#: Added to it for a checkpoint that was chosen by its scores there, or may have been
CHOSEN = "This checkpoint scored highest there of all evaluations, so they are too good."
MAYBE_CHOSEN = "If this checkpoint was chosen as the one that scored highest, they are too good."


def read_metrics(path: Path) -> dict[str, Any]:
    """RETURNS (dict): The scores that `evaluate` wrote. RAISES (ValueError): If it did not."""
    try:
        metrics: Any = read_object(path)
    except ValueError:
        metrics = {}
    if not isinstance(metrics.get("spacy"), dict):
        raise ValueError(f"{path}: expected the scores that `evaluate` writes")
    return metrics


def doubt_metrics(metrics: dict[str, Any], pipeline: Path) -> str | None:
    """Say when scores name another pipeline than the one that is packaged.

    It is no fault: the pipeline may have been moved or copied since, or scored as an installed
    package, or from another folder.

    metrics (dict): What `evaluate` wrote; it names the pipeline as it was told of it.
    pipeline (Path): The one that is packaged.
    RETURNS (str | None): A line; None: they are the same, or no other is named.
    """
    stated = metrics.get("pipeline")
    if not isinstance(stated, str) or _is_same(Path(stated), pipeline):
        return None
    return (
        f"--metrics: the scores are of {stated!r}, and {str(pipeline)!r} is packaged. If these are "
        "not the same pipeline, score the one that is packaged with `adaptive-spacy evaluate`"
    )


def describe_evaluation(metrics: dict[str, Any], pipeline: Path) -> dict[str, Any] | None:
    """Say what scores are of.

    metrics (dict): What `evaluate` wrote.
    pipeline (Path): The pipeline that was scored.
    RETURNS (dict | None): "corpus", "sentences", "entities", "support" by type, "exact_match",
        "calibration_error" where it was measured, and "seen" if the training knew the sentences,
        see `describe_own`; None if it is not all there.
    """
    try:
        found = {
            "corpus": called(Path(metrics["corpus"])).stem,
            "sentences": metrics["sentences"],
            "entities": metrics["entities"],
            "support": {
                name: row["support"] for name, row in metrics["seqeval"]["per_type"].items()
            },
            "exact_match": metrics["exact_match"],
            "calibration_error": ((metrics.get("confidence") or {}).get("after") or {}).get(
                "calibration_error"
            ),
        }
    except (KeyError, TypeError):
        return None
    seen = describe_seen(metrics["corpus"], pipeline)
    return found if seen is None else {**found, "seen": seen}


def describe_seen(corpus: str, pipeline: Path) -> str | None:
    """Say how a pipeline's training knew the sentences that it was scored on: by their texts, as
    they may lie in other files than those that it read.

    corpus (str): As `evaluate` was told of it.
    pipeline (Path): The pipeline that was scored.
    RETURNS (str | None): A line; None: it knew none of them, or no more than splits may have in
        common (see `check`), or what was scored is not there any more.
    """
    try:
        scored = read_keys(corpus)
    except (OSError, ValueError):
        return None
    train, dev = (read_known(pipeline, split) for split in ("train", "dev"))
    if find_whole(pipeline):
        train += dev
    learnt, watched = (count_copies(scored, known) for known in (train, dev))
    number, least = len(scored), TOLERANCE * len(scored)
    if scored and learnt == number:
        return LEARNT
    if scored and sorted(scored) == sorted(dev):
        return WATCHED + _describe_choice(pipeline)
    if learnt > least:
        return LEARNT_PART.format(part=learnt, all=number)
    if watched > least:
        return f"{WATCHED_PART.format(part=watched, all=number)}{_describe_choice(pipeline)}"
    return None


def describe_own(pipeline: Path) -> dict[str, str]:
    """RETURNS (dict): What the scores are of that a training leaves in a pipeline's meta.json:
    "corpus", and "seen", how the training knew its sentences."""
    if find_whole(pipeline):
        return {"corpus": "dev", "seen": LEARNT}
    return {"corpus": "dev", "seen": WATCHED + _describe_choice(pipeline)}


def _describe_choice(pipeline: Path) -> str:
    """RETURNS (str): What else is said of scores on what the training watched."""
    added = {BEST: f" {CHOSEN}", LAST: ""}
    return added.get(find_checkpoint(pipeline).name, f" {MAYBE_CHOSEN}")


def _is_same(one: Path, other: str | Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False
