"""A pipeline's weights of an earlier round, kept until it is known which round was the best."""

from typing import TYPE_CHECKING, Any

import numpy
import torch
from thinc.api import Model

from adaptive_spacy.ner.calibrated_pipe import CalibratedPipe

if TYPE_CHECKING:
    from spacy.language import Language


class Weights:
    """A copy of a pipeline's weights in the processor's memory, and the temperatures measured with
    them."""

    def __init__(self, nlp: "Language") -> None:
        self.parameters: list[tuple[Any, str, Any]] = []
        self.shims: list[tuple[Any, Any]] = []
        self.temperatures: list[tuple[CalibratedPipe, float]] = []
        for _, pipe in nlp.pipeline:
            if isinstance(pipe, CalibratedPipe):
                self.temperatures.append((pipe, pipe.temperature))
            model = getattr(pipe, "model", None)
            for node in model.walk() if isinstance(model, Model) else ():
                for name in node.param_names:
                    if node.has_param(name):
                        array = node.ops.to_numpy(node.get_param(name))
                        self.parameters.append((node, name, array.copy()))
                self.shims += [(shim, _copy_shim(shim)) for shim in node.shims]

    def save_state(self) -> dict[str, Any]:
        """RETURNS (dict): The copies, in the order of the pipeline."""
        shims = [
            numpy.frombuffer(one, dtype="uint8") if isinstance(one, bytes) else one
            for _, one in self.shims
        ]
        return {
            "parameters": [array for _, _, array in self.parameters],
            "shims": shims,
            "temperatures": [temperature for _, temperature in self.temperatures],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take other copies in the place of these."""
        arrays = zip(self.parameters, state["parameters"], strict=True)
        self.parameters = [(node, name, array.numpy()) for (node, name, _), array in arrays]
        self.shims = [
            (shim, one.numpy().tobytes() if isinstance(one, torch.Tensor) else one)
            for (shim, _), one in zip(self.shims, state["shims"], strict=True)
        ]
        # former states have none
        if "temperatures" in state:
            saved = zip(self.temperatures, state["temperatures"], strict=True)
            self.temperatures = [(pipe, temperature) for (pipe, _), temperature in saved]

    def restore(self) -> None:
        """Put them back into the pipeline that they were copied from."""
        for node, name, array in self.parameters:
            node.set_param(name, node.ops.asarray(array))
        for shim, state in self.shims:
            if isinstance(state, bytes):
                shim.from_bytes(state)
            else:
                shim._model.load_state_dict(state)
        for pipe, temperature in self.temperatures:
            pipe.temperature = temperature


def _copy_shim(shim: Any) -> Any:
    module = getattr(shim, "_model", None)
    if not isinstance(module, torch.nn.Module):
        return shim.to_bytes()
    return {key: value.detach().to("cpu", copy=True) for key, value in module.state_dict().items()}
