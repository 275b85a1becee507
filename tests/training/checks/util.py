"""What `adaptive_spacy.check.v1` and `adaptive-spacy check` find in a config."""

from typing import Any

from spacy.training.initialize import init_nlp
from spacy.util import load_config, load_model_from_config
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.training.checks.corpora import preflight
from adaptive_spacy.training.checks.findings import Findings
from tests.conftest import ROOT

ADAPTIVE = ROOT / "configs" / "adaptive.cfg"


def faults_of(settings: dict[str, object], edit=None) -> str:
    """RETURNS (str): What the check finds in adaptive.cfg with these settings; "" for nothing."""
    config = load_config(ADAPTIVE, overrides=settings)
    if edit:
        edit(config)
    try:
        init_nlp(config)
    except ConfigValidationError as error:
        return error.desc
    return ""


def findings_of(config: Config, **arguments: Any) -> Findings:
    """RETURNS (Findings): All but that this dev set is small, which has tests of its own."""
    found = preflight(load_model_from_config(config, auto_fill=True), **arguments)
    found.warnings = [line for line in found.warnings if "too noisy" not in line]
    return found
