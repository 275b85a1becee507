"""Statistics of a corpus: what is in its splits, what they share, and what will hurt a training.

Not here: how they are shown (`report`), and what stops a training (`training.checks`).
"""
