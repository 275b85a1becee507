"""Adaptive fine-tuning of transformers in spaCy. Imports nothing heavy: see the modules."""

__version__ = "0.1.0"
