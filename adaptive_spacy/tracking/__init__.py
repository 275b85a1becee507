"""Trainings in the tools that compare them: MLflow, TensorBoard, Weights & Biases.

Here belongs what is told to them, each in a module that imports it alone. Not here: what a training
writes down by itself (`training.logger`), and what its page says (`report`).
"""
