"""The learning rate of who has not chosen one."""

import doctest
import json
from pathlib import Path

import pytest
from spacy.util import registry
from thinc.api import ConfigValidationError

from adaptive_spacy.transformer import rate as module
from adaptive_spacy.transformer.rate import make_rate_v1, suit

#: Width, e.g. of whom, and the rate
SUITABLE = {
    32: 3e-4,
    128: 3e-4,
    256: 1.5e-4,
    384: 1e-4,
    512: 7.5e-5,
    768: 5e-5,
    1024: 3.75e-5,
    4096: 9.375e-6,
}


@pytest.mark.parametrize(("width", "rate"), SUITABLE.items())
def test_wider_transformers_take_lower_rates(width: int, rate: float, tmp_path: Path) -> None:
    assert suit(width) == pytest.approx(rate, rel=1e-12)
    # its weights are not read
    config = {"model_type": "bert", "hidden_size": width, "num_attention_heads": 4}
    (tmp_path / "config.json").write_text(json.dumps(config))
    block = {"@misc": "adaptive_spacy.rate.v1", "rate": "auto", "name": str(tmp_path)}
    assert registry.resolve({"rate": block})["rate"] == suit(width)


def test_given_rate_is_kept_and_no_transformer_read() -> None:
    assert make_rate_v1(2e-5, "no/such folder") == 2e-5
    whole = make_rate_v1(1, "no/such folder")
    assert whole == 1.0
    assert isinstance(whole, float)


@pytest.mark.parametrize("rate", [0, -1e-4, 11, "fast", "1e-4", float("nan")])
def test_what_is_no_rate_is_refused(rate: object) -> None:
    with pytest.raises(ConfigValidationError) as error:
        make_rate_v1(rate, "no/such folder")  # type: ignore[arg-type]
    allowed = 'rate: expected a number > 0 and <= 10 or "auto", got '
    assert error.value.desc == f"adaptive_spacy.rate.v1 {allowed}{rate!r}"


def test_transformer_that_says_no_width_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigValidationError) as error:
        make_rate_v1("auto", str(tmp_path))
    assert error.value.desc.startswith(
        f'adaptive_spacy.rate.v1 rate = "auto": {tmp_path}: expected'
    )
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5"}))
    with pytest.raises(ConfigValidationError, match="which has a decoder"):
        make_rate_v1("auto", str(tmp_path))


@pytest.mark.parametrize("width", [0, -384, True])
def test_width_that_is_none_is_refused(width: object, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ConfigValidationError) as error:
        make_rate_v1("auto", str(tmp_path), {"hidden_size": width})
    assert error.value.desc == (
        f'adaptive_spacy.rate.v1 rate = "auto": {tmp_path}: hidden_size: expected a whole number '
        f">= 1, got {width!r}"
    )


@pytest.mark.parametrize("width", ["384", 384.5, None, [384]])
def test_width_that_is_no_number_is_refused(width: object, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ConfigValidationError) as error:
        make_rate_v1("auto", str(tmp_path), {"hidden_size": width})
    assert error.value.desc.endswith("which does not say how wide its vectors are")


def test_documentation_runs() -> None:
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
