"""The page of one training: what happened, what to expect, what went wrong, on what data.

Here belongs what that page says. Not here: what all pages share (`report.html`), and what is said
of several trainings (`report.comparison`).
"""
