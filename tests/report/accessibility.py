"""Whether a page can be read and used by all: axe-core, run in the page itself."""

from importlib.resources import files
from typing import Any

import pytest

from tests.report.browser import Browser

#: WCAG 2.0 and 2.1, levels A and AA, and what is good practice beside them
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def find_barriers(browser: Browser) -> list[str]:
    """RETURNS (list[str]): What the open page violates: the rule, and each element with what is
    wrong with it."""
    package = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    browser.run(files(package).joinpath("axe.min.js").read_text(encoding="utf8") + ";0")
    script = f"axe.run(document, {{runOnly: {RULES}, resultTypes: ['violations']}})"
    found: list[dict[str, Any]] = browser.run(f"{script}.then(one => one.violations)", wait=True)
    return [
        f"{one['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
