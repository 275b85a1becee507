"""Trained pipelines on their way out: wheels, their model cards, what precision costs, smoke tests.

Here belongs what happens to a pipeline after its training. Not here: how it is scored
(`training.evaluation`), and anything that trains.
"""
