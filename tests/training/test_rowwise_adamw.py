import pytest
import torch
from torch.nn import Embedding

from adaptive_spacy.training.optimizer import AdamW, make_adamw_v1
from adaptive_spacy.training.rowwise_adamw import pad_rows

KEY = (1, "E")
ROWS, WIDTH = 300, 8


def make_pair() -> tuple[Embedding, Embedding]:
    """The same embedding with sparse and with dense gradients."""
    torch.manual_seed(0)
    sparse = Embedding(ROWS, WIDTH, sparse=True, padding_idx=0)
    dense = Embedding(ROWS, WIDTH, padding_idx=0)
    dense.weight.data.copy_(sparse.weight.data)
    return sparse, dense


def step(network: Embedding, optimizer: AdamW, ids: torch.Tensor, factors: torch.Tensor) -> None:
    (network(ids) * factors).sum().backward()
    optimizer.take(KEY, network.weight)
    assert network.weight.grad is None
    optimizer.step_schedules()


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("reach", [60, ROWS], ids=["few rows", "in the end most rows"])
def test_rows_take_the_steps_of_the_whole_matrix(decay: float, reach: int) -> None:
    networks = make_pair()
    optimizers = [make_adamw_v1(0.01, weight_decay=decay) for _ in networks]
    for t in range(100):
        ids = torch.randint(0, 20 + t * (reach - 20) // 100, (7, 5))
        factors = torch.randn(7, 5, WIDTH)
        for network, optimizer in zip(networks, optimizers, strict=True):
            step(network, optimizer, ids, factors)
    sparse, dense = (network.weight for network in networks)
    assert torch.allclose(sparse, dense, rtol=0, atol=1e-6)
    assert (KEY in optimizers[0].touched) == (reach == 60)


def test_rows_hold_moments_of_touched_rows_alone() -> None:
    network, _ = make_pair()
    optimizer = make_adamw_v1(0.01)
    for ids in ([3, 5, 3], [5, 7]):
        step(network, optimizer, torch.tensor(ids), torch.ones(len(ids), WIDTH))
    assert optimizer.touched[KEY].rows.tolist() == [3, 5, 7]
    shapes = {one.shape for one in optimizer.adamw.state[optimizer.touched[KEY].values].values()}
    assert shapes == {torch.Size([]), torch.Size([3, WIDTH])}


def test_rows_follow_a_network_that_was_replaced() -> None:
    def run(replace: bool) -> torch.Tensor:
        network, _ = make_pair()
        optimizer = make_adamw_v1(0.01)
        for t in range(4):
            if replace and t == 2:
                fresh = Embedding(ROWS, WIDTH, sparse=True, padding_idx=0)
                fresh.load_state_dict(network.state_dict())
                network = fresh
            step(network, optimizer, torch.tensor([t, 3]), torch.ones(2, WIDTH))
        return network.weight.detach()

    assert torch.equal(run(True), run(False))


def test_padding_adds_rows_of_zeros() -> None:
    moments = torch.ones(2, 3)
    assert pad_rows(moments, 2) is moments
    assert pad_rows(moments, 3).tolist() == [[1.0] * 3, [1.0] * 3, [0.0] * 3]
