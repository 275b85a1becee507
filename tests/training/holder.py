"""Another process that trains into a folder, as far as the lock goes."""

HOLDER = """
import sys
from pathlib import Path
from adaptive_spacy.training.lock import claim
lock = claim(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""
