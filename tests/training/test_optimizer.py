import numpy
import pytest
import spacy
import torch
from thinc.api import ConfigValidationError, Linear, chain, get_current_ops
from thinc.layers import PyTorchWrapper

from adaptive_spacy.training.optimizer import make_adamw_v1

RANDOM = numpy.random.default_rng(0)
SHAPES = {"W": (4, 3), "b": (4,), "E": (7, 5)}


def arrays(scale: float = 1.0) -> dict[str, numpy.ndarray]:
    return {k: (scale * RANDOM.normal(size=s)).astype("float32") for k, s in SHAPES.items()}


@pytest.mark.parametrize("clip", [0.0, 1.0])
def test_adamw_equals_torch_over_100_steps(clip: float) -> None:
    ours = arrays()
    theirs = {k: torch.nn.Parameter(torch.tensor(v)) for k, v in ours.items()}
    groups = [
        {"params": [theirs["W"], theirs["E"]], "weight_decay": 0.1},
        {"params": [theirs["b"]], "weight_decay": 0.0},
    ]
    reference = torch.optim.AdamW(groups, lr=0.0)
    rates = [0.1 / (1 + t) for t in range(101)]
    optimizer = make_adamw_v1(iter(rates), weight_decay=0.1, grad_clip=clip)
    for t in range(100):
        gradients = arrays(scale=3.0)
        for key in ours:
            optimizer((1, key), ours[key], gradients[key].copy())
            theirs[key].grad = torch.tensor(gradients[key])
        optimizer.step_schedules()
        if clip:
            torch.nn.utils.clip_grad_norm_(theirs.values(), clip)
        for group in reference.param_groups:
            group["lr"] = rates[t]
        reference.step()
    for key in ours:
        assert ours[key] == pytest.approx(theirs[key].detach().numpy(), abs=1e-6)


def test_adamw_copies_the_gradient() -> None:
    weights, gradient = numpy.ones(2, dtype="f"), numpy.ones(2, dtype="f")
    optimizer = make_adamw_v1(0.5)
    optimizer((1, "b"), weights, gradient)
    gradient[:] = 0.0
    optimizer.step_schedules()
    assert weights == pytest.approx([0.5, 0.5])


def test_adamw_makes_the_step_once_it_knows_that_nobody_else_does() -> None:
    """Around a bare `nlp.update` nobody calls `step_schedules`."""
    weights = numpy.ones(2, dtype="f")
    optimizer = make_adamw_v1(0.5)
    # that of the first update is made before that of the second
    for expected in (1.0, 0.0, -0.5):
        optimizer((1, "b"), weights, numpy.ones(2, dtype="f"))
        assert weights == pytest.approx([expected] * 2, abs=1e-6)


def test_adamw_leaves_a_parameter_without_gradient_alone() -> None:
    one, two = numpy.ones(2, dtype="f"), numpy.ones(2, dtype="f")
    optimizer = make_adamw_v1(0.5)
    for weights, key in ((one, "a"), (two, "b")):
        optimizer((1, key), weights, numpy.ones(2, dtype="f"))
    optimizer.step_schedules()
    before = two.copy()
    optimizer((1, "a"), one, numpy.ones(2, dtype="f"))
    optimizer.step_schedules()
    assert (two == before).all()
    assert (one < before).all()


def test_adamw_follows_a_parameter_whose_memory_moved() -> None:
    optimizer = make_adamw_v1(0.5)
    for _ in range(2):
        weights = numpy.ones(2, dtype="f")
        optimizer((1, "b"), weights, numpy.ones(2, dtype="f"))
        optimizer.step_schedules()
        assert weights == pytest.approx([0.5, 0.5], abs=1e-5)


def test_adamw_scales_the_rate_of_a_parameter() -> None:
    one, two = numpy.ones(2, dtype="f"), numpy.ones(2, dtype="f")
    optimizer = make_adamw_v1(0.5)
    optimizer((1, "a"), one, numpy.ones(2, dtype="f"))
    optimizer((1, "b"), two, numpy.ones(2, dtype="f"), lr_scale=0.5)
    optimizer.step_schedules()
    assert (one[0], two[0]) == pytest.approx((0.5, 0.75))


def test_adamw_gives_the_head_a_rate_of_its_own() -> None:
    head = numpy.ones(2, dtype="f")
    body = torch.nn.Parameter(torch.ones(2))
    body.grad = torch.ones(2)
    optimizer = make_adamw_v1(0.1, head_rate=5.0)
    optimizer((1, "W"), head, numpy.ones(2, dtype="f"))
    optimizer.take((2, "W"), body)
    optimizer.step_schedules()
    assert (head[0], body[0].item()) == pytest.approx((0.5, 0.9))


def test_adamw_refuses_a_head_rate_of_nothing() -> None:
    with pytest.raises(ConfigValidationError, match="head_rate: expected a number > 0, got 0"):
        make_adamw_v1(0.1, head_rate=0.0)


def test_adamw_trains_thinc_and_torch_layers_together() -> None:
    ops = get_current_ops()
    torch.manual_seed(0)
    model = chain(PyTorchWrapper(torch.nn.Linear(3, 8)), Linear(2, 8))
    X = ops.asarray2f(RANDOM.normal(size=(32, 3)))
    Y = ops.asarray2f(numpy.stack([X[:, 0] - X[:, 1], X[:, 2]], axis=1))
    model.initialize(X=X[:2], Y=Y[:2])
    optimizer = make_adamw_v1(0.05, weight_decay=0.0)
    losses = []
    for _ in range(150):
        predicted, backprop = model.begin_update(X)
        losses.append(float(((predicted - Y) ** 2).mean()))
        backprop((predicted - Y) / len(X))
        model.finish_update(optimizer)
        optimizer.step_schedules()
    assert losses[-1] < 0.01 * losses[0]


def test_adamw_trains_a_spacy_pipe() -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("textcat_multilabel").add_label("A")
    from spacy.training import Example

    examples = [
        Example.from_dict(nlp.make_doc("good"), {"cats": {"A": 1.0}}),
        Example.from_dict(nlp.make_doc("bad"), {"cats": {"A": 0.0}}),
    ]
    nlp.initialize(lambda: examples)
    optimizer = make_adamw_v1(0.01)
    for _ in range(30):
        nlp.update(examples, sgd=optimizer)
    assert nlp("good").cats["A"] > 0.8 > 0.2 > nlp("bad").cats["A"]
