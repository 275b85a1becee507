"""Formats in: `reader` says what a format is, `formats` is the table of them; then there is a
module for each, and what several of them share.

A reader checks its source as a whole and gives sentences (`data.source`). Not here: splits, .spacy
files and anything that comes after the sentence.
"""
