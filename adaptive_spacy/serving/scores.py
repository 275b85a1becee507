"""What the scores that a package states are of: which sentences, and whether of its pipeline."""

from pathlib import Path
from typing import Any

from spacy.training.loop import DIR_MODEL_BEST, DIR_MODEL_LAST
from spacy.util import dot_to_object

from adaptive_spacy.config.loading import read_config
from adaptive_spacy.parsing import read_object
from adaptive_spacy.serving.facts import find_whole

LEARNT = "The pipeline was trained on these sentences: the scores are too good."
WATCHED = "These are scores on the dev set, which the training watched, not on a test set."
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
            "corpus": Path(metrics["corpus"]).stem,
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
    corpora = _find_corpora(pipeline).items()
    splits = {split for split, path in corpora if _is_same(path, metrics["corpus"])}
    if splits:
        found["seen"] = LEARNT if "train" in splits else describe_own(pipeline)["seen"]
    return found


def describe_own(pipeline: Path) -> dict[str, str]:
    """RETURNS (dict): What the scores are of that a training leaves in a pipeline's meta.json:
    "corpus", and "seen", how the training knew its sentences."""
    if find_whole(pipeline):
        return {"corpus": "dev", "seen": LEARNT}
    # resolved, as a checkpoint may be named by "."
    name = pipeline.resolve().name
    added = {DIR_MODEL_BEST: f" {CHOSEN}", DIR_MODEL_LAST: ""}.get(name, f" {MAYBE_CHOSEN}")
    return {"corpus": "dev", "seen": WATCHED + added}


def _find_corpora(pipeline: Path) -> dict[str, Path]:
    """The files that its training read, as far as its config names them."""
    config = read_config(pipeline / "config.cfg", interpolate=True)
    found = {}
    for split in ("train", "dev"):
        try:
            reader = dot_to_object(config, config["training"][f"{split}_corpus"])
            found[split] = Path(reader["path"])
        except (KeyError, TypeError):
            # its reader reads no file, or is no longer there
            continue
    return found


def _is_same(one: Path, other: str | Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False
