"""A learning pipe that knows how much surer its scores are than right: its temperature."""

import math
from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from typing import Any

from spacy.language import Language
from spacy.training import Example

from adaptive_spacy.ner.learning_pipe import LearningPipe
from adaptive_spacy.ner.temperature import DECIMALS, usable


class CalibratedPipe(LearningPipe):
    """Divides scores by a temperature before it makes confidences of them.

    An evaluation measures the temperature and changes nothing. A training keeps the one of its last
    evaluation when it writes the pipeline (`keep_temperature`): the first one after an update, as
    others of the same weights are of other sentences, such as a logger's of a test set.
    """

    own = (*LearningPipe.own, "_measured", "_measured_after")

    def begin(self) -> None:
        super().begin()
        #: The temperature of the last evaluation, of tokens of entities
        self._measured: float | None = None
        #: So many updates; None: not since there are these weights
        self._measured_after: int | None = None

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """As in `LearningPipe`. What was measured with the former weights goes with them."""
        super().initialize(get_examples, nlp=nlp, labels=labels)
        self.temperature = 1.0
        self._measured = self._measured_after = None

    def save_state(self, nlp: Language) -> dict[str, Any]:
        """As in `LearningPipe`, with what was measured and kept."""
        measured = {
            "measured": self._measured,
            "measured_after": self._measured_after,
            "temperature": self.cfg.get("temperature"),
        }
        return {**super().save_state(nlp), **measured}

    def load_state(self, nlp: Language, state: dict[str, Any], output: Any) -> None:
        """Go on with them."""
        super().load_state(nlp, state, output)
        self._measured = state["measured"]
        # of a version without temperatures
        self.cfg.pop("temperature", None)
        if state["temperature"] is not None:
            self.cfg["temperature"] = state["temperature"]
        # former states are those of an evaluation
        self._measured_after = state.get("measured_after", self._updates)

    def _read_cfg(self, cfg: dict[str, Any]) -> None:
        self.cfg.pop("temperature", None)
        super()._read_cfg(cfg)
        # with other weights
        self._measured = self._measured_after = None

    @property
    def temperature(self) -> float:
        """RETURNS (float): What scores are divided by before confidences are computed; no entity
        depends on it. 1.0 in pipelines of versions that had none.
        RAISES (ValueError): If the file that it was read from was changed into none."""
        return require_temperature(self.cfg.get("temperature", 1.0), self.name)

    @temperature.setter
    def temperature(self, value: float) -> None:
        self.cfg["temperature"] = round(require_temperature(value, self.name), DECIMALS)

    def measure(self, temperature: float | None) -> None:
        """Know what an evaluation found; None: nothing could be measured."""
        if self._measured_after != self._updates:
            self.restore_measured(temperature)

    @property
    def measured(self) -> float | None:
        """RETURNS (float | None): The temperature of the last evaluation."""
        return self._measured

    def restore_measured(self, temperature: float | None) -> None:
        """Know what an evaluation found whose weights are back."""
        self._measured, self._measured_after = temperature, self._updates

    def keep_temperature(self) -> None:
        """Take the temperature of the last evaluation for confidences from now on."""
        # one that did not learn here, such as a frozen one, stays what it was
        if self._measured is not None and self._updates:
            self.temperature = usable(self._measured)


def require_temperature(value: Any, pipe: str) -> float:
    """RETURNS (float): The temperature. RAISES (ValueError): If it is none."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not 10**-DECIMALS <= value < math.inf:
        raise ValueError(f"{pipe}: temperature: expected a number > 0, got {value!r}")
    return float(value)
