"""The page of a training, served on this machine while it runs.

Here belongs who looks when, and who may ask. Not here: what the page says (`report.run`).
"""
