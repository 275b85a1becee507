"""A learning rate that suits a transformer, for who has not chosen one: `adaptive_spacy.rate.v1`.

Wider networks take lower rates: an update changes an output by the sum of what it does to its
inputs, so that the same change needs a rate in proportion to 1 / width (Yang et al. 2021,
arXiv 2203.03466, of Adam). One measured rate gives those of other widths.
"""

from typing import Any

from thinc.api import ConfigValidationError

from adaptive_spacy.config.names import AUTO
from adaptive_spacy.config.names import RATE as REGISTERED
from adaptive_spacy.config.requirements import RATE_OR_AUTO, whole
from adaptive_spacy.transformer.loading import load_config, require_vectors

#: What suits MiniLM, and how wide it is
RATE, WIDTH = 1e-4, 384
#: For narrow ones, which the rule would give rates that nobody has tried
HIGHEST = 3e-4


def make_rate_v1(
    rate: float | str,
    name: str,
    transformer_config: dict[str, Any] = {},  # noqa: B006 (a default of the config, never changed)
) -> float:
    """Registered as `adaptive_spacy.rate.v1`, for `[training.before_update] rate`.

    rate (float | str): A number, which is the result; or "auto": see `suit`.
    name (str): The transformer: a name of the hub or a folder. Read for "auto" only.
    transformer_config (dict): As in `TransformerModel.v1`.
    RETURNS (float): The highest learning rate.
    RAISES (ConfigValidationError): If the rate is none, or the transformer's config cannot be read
        or says no width.
    """
    RATE_OR_AUTO.check("Bad learning rate", f"{REGISTERED} rate", rate)
    if rate != AUTO:
        return float(rate)
    try:
        config = load_config(name, transformer_config)
        require_vectors(config, name)
        width = require_width(config.hidden_size, name)
    except ValueError as error:
        # spaCy resolves it before any check of ours, and shows errors of a config in a line
        desc = f'{REGISTERED} rate = "{AUTO}": {error}'
        raise ConfigValidationError(title="No learning rate", desc=desc) from None
    return suit(width)


def require_width(width: Any, name: str) -> int:
    """RETURNS (int): The width of a transformer. RAISES (ValueError): If it is none."""
    if fault := whole(1).fault(width):
        raise ValueError(f"{name}: hidden_size: {fault}")
    return int(width)


def suit(width: int) -> float:
    """RETURNS (float): The rate for a transformer that many numbers wide: 1e-4 for 384, 5e-5 for
    768, 3.75e-5 for 1,024; never above 3e-4.

    EXAMPLE:
        >>> suit(384), suit(768)
        (0.0001, 5e-05)
    """
    return min(HIGHEST, RATE * WIDTH / width)
