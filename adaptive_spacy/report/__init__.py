"""What was measured, as tables, figures and pages for people.

Here belongs what reads histories, records and statistics and draws or writes them. Not here: what
measures or computes them (`training`, `data.stats`, `experiments.statistics`).
"""
