"""How one training runs: batches, optimizer, log, history, evaluation, and checks before it.

Here belongs what spaCy's training loop calls, and what reads what it left. Not here: the adaptive
schedule itself (`adaptive`), the corpus reader (`data`), and several trainings (`experiments`).
"""
