"""What a pipeline loses when it computes in less than float32: measured before it is packaged."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from adaptive_spacy.config.blocks import find_transformers
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.config.names import TOK2VEC, TRANSFORMER
from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.transformer.dtypes import require_precision


class PrecisionCost(NamedTuple):
    """precision (str): What the packaged pipeline computes in.
    before, after (dict): Scores of the pipeline as it is and in that precision, as `evaluate`
        returns them.
    """

    precision: str
    before: dict[str, Any]
    after: dict[str, Any]

    def describe(self) -> dict[str, Any]:
        """RETURNS (dict): What a package's meta.json says of it."""
        f_scores = [scores["spacy"]["ents_f"] for scores in (self.before, self.after)]
        return {
            "precision": self.precision,
            "corpus": self.before["corpus"],
            "ents_f": dict(zip(("before", "after"), f_scores, strict=True)),
        }


def measure_precision(pipeline: Path, corpus: Path, precision: str) -> PrecisionCost:
    """Score a pipeline in two precisions.

    pipeline (Path): A trained pipeline, which is not changed.
    corpus (Path): A .spacy file.
    precision (str): As in `TransformerModel.v1`. Where the device does not compute in it, the
        scores are those of float32.
    RETURNS (PrecisionCost): Both scores.
    RAISES (ValueError): If the precision is not known or the pipeline has no transformer for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(pipeline, Path(folder) / "pipeline"))
        set_precision(copy, precision, named=pipeline)
        before = evaluate(str(pipeline), corpus)
        return PrecisionCost(precision, before, evaluate(str(copy), corpus))


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
