"""The method: phase machine, schedule, callback, stopping, epochs as steps.

It knows nothing of entities, transformers or files, and works with every component. Not here:
whatever reads or changes configs (`config`) or watches a training (`training`).
"""
