"""What is checked before a training: config, corpora, their fit, and a forecast of its cost.

Here belongs what finds a fault or a risk before anything is touched. Not here: checks of single
arguments, which stand beside the argument.
"""
