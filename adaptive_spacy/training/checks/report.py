"""Reads a config as `spacy train` does, checks it with its data, and forecasts the training."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.cli._util import import_code, setup_gpu
from spacy.util import load_config, load_model_from_config

from adaptive_spacy.config.blocks import BUILDS
from adaptive_spacy.config.overrides import parse_overrides
from adaptive_spacy.config.settings import find_setting_faults
from adaptive_spacy.parsing import reading, show
from adaptive_spacy.training.checks.corpora import TOLERANCE, preflight
from adaptive_spacy.training.checks.findings import Findings
from adaptive_spacy.training.checks.forecast import Forecast, forecast
from adaptive_spacy.transformer.dtypes import computes_in


@dataclass(frozen=True)
class Report:
    """findings (Findings): Errors and warnings. forecast (Forecast | None): None if there are
    errors, or none was asked for. precision (str | None): What the transformer computes in here;
    None: it is not ours."""

    findings: Findings
    forecast: Forecast | None
    precision: str | None = None


def get_ready(
    path: Path,
    arguments: list[str],
    *,
    tolerance: float = TOLERANCE,
    with_forecast: bool = True,
    code: Path | None = None,
    gpu_id: int = -1,
    progress: bool = False,
) -> Report:
    """Check a training before it is started.

    path (Path): The config.
    arguments (list[str]): Overrides as on the command line, e.g. ["--paths.train", "a.spacy"].
    tolerance (float): See `preflight`.
    with_forecast (bool): Also time some steps, unless there are errors.
    code (Path | None): A Python file with functions of the config.
    gpu_id (int): Number of the GPU; -1: the processor.
    progress (bool): Show progress bars.
    RETURNS (Report): What was found.
    RAISES (ValueError): If there is no such config, or it cannot be read.
    """
    if not path.is_file():
        raise ValueError(f"{path}: expected a config of spaCy, found nothing")
    import_code(code)
    setup_gpu(gpu_id, silent=True)
    overrides = parse_overrides(arguments, "check", "--paths.train")
    with reading(path, BUILDS):
        config = load_config(path, overrides=overrides, interpolate=False)
        _check_names(config)
        # spaCy breaks off at some of them before it has built a pipeline
        whole = config.interpolate()
        precision = computes_in(whole)
        if faults := list(find_setting_faults(whole)):
            return Report(Findings(errors=faults), None, precision)
        nlp = load_model_from_config(config, auto_fill=True)
    if "gpu_allocator" not in config.get("training", {}):
        raise ValueError(f"{path}: [training] gpu_allocator: expected pytorch or null, found none")
    findings = preflight(nlp, tolerance=tolerance, progress=progress)
    timed = None
    if with_forecast and not findings.errors:
        timed = forecast(config, use_gpu=gpu_id, progress=progress)
    return Report(findings, timed, precision)


def _check_names(block: Mapping[str, Any], place: str = "") -> None:
    """spaCy takes what stands behind an @ for a text, whatever it is."""
    for key, value in block.items():
        if key.startswith("@") and not isinstance(value, str):
            raise ValueError(f"[{place}] {key}: the name of a function, not {show(value)}")
        if isinstance(value, Mapping):
            _check_names(value, f"{place}.{key}".lstrip("."))
