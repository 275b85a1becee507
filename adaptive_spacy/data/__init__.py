"""Corpora: reading, dividing, writing, counting them, and the recipes of named data sets.

Here belongs what turns annotated text into .spacy files and back, and the reader of these. Not
here: formats of files (`readers`, `writers`), what is in a corpus (`stats`), batches (`training`),
and pictures of a corpus (`report`).
"""
