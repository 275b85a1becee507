"""A training that is saved as a whole and goes on bit for bit: `adaptive-spacy train --resume`.

Here belongs what is saved, how it lies on the disk, and the loop that can begin in the middle. Not
here: the models that a training makes (`training/checkpoints.py`) and what its parts remember,
which each of them knows itself (`Resumable`).
"""
