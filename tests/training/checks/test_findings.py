"""Findings: which are errors, and which only warnings."""

import pytest

from adaptive_spacy.training.checks.findings import Findings


@pytest.mark.parametrize(
    ("count", "errors", "warnings"), [(0, [], []), (1, [], ["x"]), (5, [], ["x"]), (6, ["x"], [])]
)
def test_tolerance_is_the_largest_share_that_is_only_warned_of(count, errors, warnings) -> None:
    findings = Findings()
    findings.judge(count, 100, 0.05, "x")
    assert (findings.errors, findings.warnings) == (errors, warnings)
