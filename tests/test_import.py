"""What the package costs before it does anything."""

import subprocess
import sys

import pytest

HEAVY = ["spacy", "thinc", "torch", "transformers", "numpy", "seqeval", "matplotlib"]


@pytest.mark.parametrize(
    "statement", ["import adaptive_spacy", "import adaptive_spacy.cli.app"], ids=["package", "cli"]
)
def test_import_is_light(statement: str) -> None:
    code = f"import sys; {statement}; print([one for one in {HEAVY} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command() -> None:
    command = [sys.executable, "-m", "adaptive_spacy", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for name in ("model", "convert", "evaluate", "plot", "package", "smoke-test"):
        assert name in done.stdout
