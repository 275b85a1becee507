"""Formats out: one module per format, the counterpart of that format's reader.

A writer takes sentences (`data.source`) and says what its format cannot hold. Not here: which file
is read or replaced (`data.export`).
"""
