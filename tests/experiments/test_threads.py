"""How many threads a training computes in."""

import torch

from adaptive_spacy.experiments.threads import computing_in


def test_threads_are_those_asked_for_until_the_end() -> None:
    before = torch.get_num_threads()
    with computing_in(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
