"""What a pipeline loses when it computes in less than float32, and how much faster it is then:
measured before it is packaged."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from thinc.api import get_torch_default_device

from adaptive_spacy.config.blocks import find_transformers
from adaptive_spacy.config.checksums import CHECKSUMS
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.config.names import TOK2VEC, TRANSFORMER
from adaptive_spacy.serving.tagging_speed import compare_speed
from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.transformer.dtypes import PRECISIONS, predicts_in, require_precision


class PrecisionCost(NamedTuple):
    """precision (str): What the packaged pipeline computes in.
    before, after (dict): Scores of the pipeline as it is and in that precision, as `evaluate`
        returns them.
    computed_in (tuple): What both were computed in here, which may be another.
    speedup (float | None): How many times as fast it tags here in that precision; None: it was not
        computed in it.
    """

    precision: str
    before: dict[str, Any]
    after: dict[str, Any]
    computed_in: tuple[str, str]
    speedup: float | None = None

    def describe(self) -> dict[str, Any]:
        """RETURNS (dict): What a package's meta.json says of it."""
        f_scores = [scores["spacy"]["ents_f"] for scores in (self.before, self.after)]
        names = ("before", "after")
        return {
            "precision": self.precision,
            "corpus": self.before["corpus"],
            "ents_f": dict(zip(names, f_scores, strict=True)),
            "computed_in": dict(zip(names, self.computed_in, strict=True)),
        }

    def doubts(self) -> str | None:
        """RETURNS (str | None): Why the scores do not tell what the precision costs; None: they
        do."""
        before, after = self.computed_in
        if before == after:
            return f"both were computed in {after} here and do not tell what {self.precision} costs"
        return None if after == self.precision else f"{self.precision} was {after} here"

    def describe_speed(self) -> str | None:
        """RETURNS (str | None): How fast it tags here, in words; None: that was not measured."""
        if self.speedup is None:
            return None
        before, after = self.computed_in
        # of this machine alone, so no matter of meta.json
        return f"Tagging here in {after}: {self.speedup:.2f} times as fast as in {before}"

    def is_in_vain(self) -> bool:
        """RETURNS (bool): Whether speed is all that it could give, and there is none here."""
        return self.precision != "float32" and self.speedup is not None and self.speedup <= 1


def measure_precision(
    pipeline: Path, corpus: Path, precision: str, *, gpu_id: int = -1
) -> PrecisionCost:
    """Score a pipeline in two precisions, and time it.

    pipeline (Path): A trained pipeline, which is not changed.
    corpus (Path): A .spacy file.
    precision (str): As in `TransformerModel.v1`. Where the device does not compute in it, the
        scores are those of float32, and the result says so.
    gpu_id (int): Number of the GPU that computes; -1: the processor.
    RETURNS (PrecisionCost): Both scores, and how much faster one is.
    RAISES (ValueError): If the precision is not known or the pipeline has no transformer for it.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"--precision: expected one of {', '.join(PRECISIONS)}, got {precision!r}")
    with tempfile.TemporaryDirectory() as folder:
        # the pipeline's own checksums are compared when it is scored; of the copy they do not hold
        unsealed = shutil.ignore_patterns(CHECKSUMS)
        copy = Path(shutil.copytree(pipeline, Path(folder) / "pipeline", ignore=unsealed))
        set_precision(copy, precision, named=pipeline)
        before, after = (evaluate(str(one), corpus, gpu_id=gpu_id) for one in (pipeline, copy))
        computed_in = find_type(pipeline), find_type(copy)
        speedup = None
        if computed_in[0] != computed_in[1]:
            speedup = compare_speed(pipeline, copy, corpus, gpu_id=gpu_id)
        return PrecisionCost(precision, before, after, computed_in, speedup)


def find_type(pipeline: Path) -> str:
    """RETURNS (str): What the transformers of a pipeline predict in where models are made now.

    pipeline (Path): Its folder.
    """
    device = get_torch_default_device().type
    models = find_transformers(read_config(pipeline / "config.cfg", interpolate=True))
    found = dict.fromkeys(predicts_in(one.get("precision", "float32"), device) for one in models)
    return " and ".join(found)


def set_precision(pipeline: Path, precision: str, *, named: Path | None = None) -> None:
    """Change what a pipeline's transformers compute in, in its config, wherever they stand.

    pipeline (Path): Its folder.
    precision (str): As in `TransformerModel.v1`.
    named (Path | None): What errors call the folder; None: as it is called.
    RAISES (ValueError): If the precision is not known or the pipeline has no transformer for it.
    """
    require_precision(precision)
    config = read_config(pipeline / "config.cfg")
    found = find_transformers(config)
    if not found:
        raise ValueError(
            f"{named or pipeline}: expected a transformer of {TRANSFORMER} or {TOK2VEC}, whose "
            "precision can be set, found none"
        )
    for model in found:
        model["precision"] = precision
    config.to_disk(pipeline / "config.cfg")
