"""Tools on spaCy configs: finding blocks, adding the adaptive ones, randomness left as it was.

Here belongs what reads or changes a config without training anything. Not here: checks of a config
(`training.checks`), and what a block does when it runs.
"""
