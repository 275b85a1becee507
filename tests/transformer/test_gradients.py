"""Gradients: who takes them, and what is left with the network."""

import torch

from adaptive_spacy.training.optimizer import make_adamw_v1
from tests.transformer.pipelines import (
    OURS,
    THEIRS,
    trained,
)


def test_gradients_change_hands(transformer_folder) -> None:
    nlp = trained(transformer_folder, OURS, steps=1)
    network = nlp.get_pipe("transformer").model.transformer
    assert all(parameter.grad is None for parameter in network.parameters())


def test_copied_gradients_are_left_at_zero(transformer_folder) -> None:
    nlp = trained(transformer_folder, THEIRS, steps=1)
    network = nlp.get_pipe("transformer").model.transformer
    gradients = [one.grad for one in network.parameters() if one.grad is not None]
    assert gradients
    assert not any(one.any() for one in gradients)


def test_optimizer_goes_on_with_a_network_that_was_replaced() -> None:
    def run(replace: bool) -> torch.Tensor:
        optimizer = make_adamw_v1(0.1)
        parameter = torch.nn.Parameter(torch.ones(3, 2))
        for step in range(4):
            if replace and step == 2:
                parameter = torch.nn.Parameter(parameter.detach().clone())
            parameter.grad = torch.full((3, 2), 1.0 + step)
            optimizer.take((1, "W"), parameter)
            assert parameter.grad is None
            optimizer.step_schedules()
        return parameter.detach()

    assert torch.equal(run(True), run(False))
