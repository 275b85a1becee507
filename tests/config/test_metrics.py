import pytest

from adaptive_spacy.config.metrics import is_loss, is_share


@pytest.mark.parametrize(
    ("metric", "loss", "share"),
    [
        ("ents_loss", True, False),
        ("ents_loss_second", True, False),
        ("ents_loss_refined", True, False),
        ("other_loss", True, False),
        ("temperature", False, False),
        ("temperature_second", False, False),
        ("speed", False, False),
        ("ents_f", False, True),
        ("cats_score", False, True),
    ],
)
def test_kind_of_a_metric_is_in_its_name(metric: str, loss: bool, share: bool) -> None:
    assert (is_loss(metric), is_share(metric)) == (loss, share)
