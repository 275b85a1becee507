"""Formats in: one module per family of formats, and what several of them share.

A reader checks its source as a whole and gives sentences (`data.source`). Not here: splits, .spacy
files and anything that comes after the sentence.
"""
