"""Models on the same sentences: which entities one finds and another misses.

Here belongs what is said of several pipelines that predicted one corpus. Not here: approaches over
seeds and data sets (`report.comparison`), and one training (`report.run`).
"""
