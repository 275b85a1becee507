"""Formats out: `writer` says what a format is, `formats` is the table of them; then there is a
module for each family, the counterpart of its readers.

A writer takes sentences (`data.source`) and says what its format cannot hold. Not here: which file
is read or replaced, and whether it comes back the same (`data.export`).
"""
