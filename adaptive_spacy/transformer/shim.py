"""The transformer's torch side: precision, cheap dropout, and gradients that change hands without a
copy."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Any, BinaryIO

import torch
from spacy.language import Language
from spacy_transformers.data_classes import HFObjects
from spacy_transformers.layers.hf_shim import HFShim
from thinc.api import Model, Optimizer
from thinc.shims import Shim
from thinc.types import ArgsKwargs
from transformers.file_utils import ModelOutput

from adaptive_spacy.stepping import TakesParameters
from adaptive_spacy.transformer import int8
from adaptive_spacy.transformer.checkpoint import pack_config, pack_tokenizer, unpack
from adaptive_spacy.transformer.dropout import FastDropout
from adaptive_spacy.transformer.dtypes import INT8, multiplies_tiles, name_of, predicts_in, resolve
from adaptive_spacy.transformer.forking import prepare_for_forks
from adaptive_spacy.transformer.gradients import Forward, copying
from adaptive_spacy.transformer.packing import Streamed, pack
from adaptive_spacy.transformer.prediction import (
    BATCH_PIECES,
    BATCH_PIECES_IN_TILES,
    predict_by_length,
)
from adaptive_spacy.transformer.rowwise_attention import mixes_padding


class TransformerShim(HFShim):
    """Runs the network; its files are those of spacy-transformers.

    model (HFObjects): Tokenizer and network, or the settings to load them with.
    precision (str): One of `dtypes.PRECISIONS`.
    """

    def __init__(self, model: HFObjects, precision: str = "float32") -> None:
        # scaling of the loss is for float16 alone; a float32 device never uses it. The dict is
        # given because HFShim writes into its default one, which all shims would share (1.4.0).
        super().__init__(model, mixed_precision=precision == "float16", grad_scaler_config={})
        self.precision = precision
        self._begin()

    def _begin(self) -> None:
        """What a copy does not share with the network that it was made of."""
        #: The network with integers, and what tells whether it is of the weights that are here
        self._quantized: tuple[Any, torch.nn.Module] | None = None
        self._framed: tuple[Any, dict[str, Any]] | None = None
        #: Held by the thread that changes the tokenizer or makes the network with integers
        self.lock = Lock()
        #: The last forward pass in training that was not followed by its backward pass
        self._forward: Forward | None = None
        #: Who took the gradients, and may still owe the step
        self._optimizer: TakesParameters | None = None

    def __getstate__(self) -> dict[str, Any]:
        self._settle(over=True)
        own = ("_quantized", "_framed", "lock", "_forward", "_optimizer")
        return {name: value for name, value in vars(self).items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # the optimizer that is copied along tells networks by their numbers: this one keeps its own
        with Shim.global_id_lock:
            Shim.global_id = max(Shim.global_id, self.id)
        self._begin()

    def renumber(self) -> None:
        """Take a number of its own, as a copy that is trained beside the network it was made of."""
        with Shim.global_id_lock:
            Shim.global_id += 1
            self.id = Shim.global_id

    @property
    def dtype(self) -> torch.dtype:
        """RETURNS (torch.dtype): What the network computes in on its device, where it may have come
        after it was trained on another."""
        return resolve(self.precision, self.device.type)

    def autocast(self) -> torch.autocast:
        """RETURNS (torch.autocast): A context in which the network computes in `dtype`."""
        half = self.dtype is not torch.float32
        kind = self.device.type
        return torch.autocast(kind, self.dtype if half else None, enabled=half)

    def predict(self, inputs: ArgsKwargs) -> Any:
        """RETURNS (Any): The network's output without gradients, vectors in float32."""
        self._settle()
        # It stays so until it is trained: another thread may be predicting. Without asking first,
        # as the network says so of itself before its layers are.
        self._model.eval()
        network = self._predictor()
        prepare_for_forks()
        with torch.no_grad(), self.autocast():
            if self.device.type == "cpu" and not self._returns_layers():
                # integers would magnify what padding does to the last digit
                exactly = network is not self._model or mixes_padding(network)
                outputs = predict_by_length(
                    network, exactly=exactly, batch_pieces=self._batch_pieces(), **inputs.kwargs
                )
            else:
                outputs = network(*inputs.args, **inputs.kwargs)
        return _to_float32(outputs)

    def begin_update(self, inputs: ArgsKwargs) -> tuple[Any, Callable[[ArgsKwargs], ArgsKwargs]]:
        """RETURNS (tuple): The network's output, vectors in float32, and a function that adds up
        gradients."""
        if self._forward is not None and self._optimizer is not None:
            self._optimizer.give_up(self.id)
        # what came of this network came in the update before
        self._settle(over=True)
        prepare_for_forks()
        output, add_gradients = self._train(inputs)
        forward = self._forward = Forward()

        def backprop(gradients: ArgsKwargs) -> ArgsKwargs:
            d_inputs = add_gradients(gradients)
            if self._forward is forward:
                self._forward = None
            if forward.optimizer is not None:
                self._hand_over(forward.optimizer)
            return d_inputs

        return output, backprop

    def finish_update(self, optimizer: Optimizer) -> None:
        """Hand the gradients to an optimizer that takes them, or have them copied.

        `nlp.update` calls this for the transformer before the components behind it have sent their
        gradients back (spaCy 3.8, `Language.update`). Then it is done when they have.
        """
        if self._forward is None:
            self._hand_over(optimizer)
            return
        self._forward.optimizer = optimizer
        if isinstance(optimizer, TakesParameters):
            optimizer.expect(self.id)
            self._optimizer = optimizer

    def to_bytes(self) -> bytes:
        """RETURNS (bytes): The same as spacy-transformers' shim, but for paths of this machine."""
        file = BytesIO()
        self.write(file)
        return file.getvalue()

    def from_bytes(self, bytes_data: bytes) -> "TransformerShim":
        """Read what `to_bytes` returns, none of which is trusted; see `checkpoint.py`.

        bytes_data (bytes): The message.
        RETURNS (TransformerShim): The shim itself.
        RAISES (ValueError): If it is damaged, or names code or files elsewhere.
        """
        self._hfmodel = unpack(bytes_data)
        self._model = self._hfmodel.transformer
        self._quantized = self._framed = None
        return self

    def write(self, file: BinaryIO) -> None:
        """Write what `to_bytes` returns, without a copy of the weights.

        file (BinaryIO): Written from where it stands.
        """
        self._settle(over=True)
        if self._model is None:
            file.write(super().to_bytes())
            return
        weights = Streamed(partial(_save_weights, self._model.state_dict()))
        config = pack_config(self._model.config)
        pack({"config": config, "state": weights, **self._frame()}, file)

    def _frame(self) -> dict[str, Any]:
        """What is saved beside the weights. The tokenizer, which writes its files to be read back,
        does not change while a network trains, and is asked once."""
        tokenizer = self._hfmodel.tokenizer
        if self._framed is None or self._framed[0] is not tokenizer:
            with self.lock:
                files = pack_tokenizer(self._hfmodel)
            # the settings that it was loaded with are not needed again
            unused: dict[str, Any] = {"_init_tokenizer_config": {}, "_init_transformer_config": {}}
            self._framed = tokenizer, {"tokenizer": files, **unused}
        return self._framed[1]

    def _train(self, inputs: ArgsKwargs) -> tuple[Any, Callable[[ArgsKwargs], ArgsKwargs]]:
        if self.dtype is torch.float16:
            return super().begin_update(inputs)
        self._model.train()
        # a dense gradient of the word embeddings is mostly zeros, written and read in every step
        self._set_sparse(self.device.type == "cpu")
        with self.autocast(), FastDropout():
            output = _to_float32(self._model(*inputs.args, **inputs.kwargs))

        def add_gradients(gradients: ArgsKwargs) -> ArgsKwargs:
            torch.autograd.backward(*gradients.args, **gradients.kwargs)
            # the inputs are word-piece numbers, which have no gradient
            return ArgsKwargs((), {})

        return output, add_gradients

    def _hand_over(self, optimizer: Any) -> None:
        if self.dtype is torch.float16 or not isinstance(optimizer, TakesParameters):
            for parameter in self._model.parameters():
                if parameter.grad is not None and parameter.grad.is_sparse:
                    parameter.grad = parameter.grad.to_dense()
            super().finish_update(copying(optimizer))
            # written through NumPy, of which torch's count of changes knows nothing
            self._quantized = None
        else:
            for name, parameter in self._model.named_parameters():
                if parameter.grad is not None:
                    optimizer.take((self.id, name), parameter)
        if isinstance(optimizer, TakesParameters):
            self._optimizer = optimizer
            optimizer.expect_no_more(self.id)

    def _settle(self, *, over: bool = False) -> None:
        """The weights are about to be read: the step that is owed is made.

        over (bool): Whether no update can be under way.
        """
        if self._optimizer is not None:
            keys = ((self.id, name) for name, _ in self._model.named_parameters())
            if self._optimizer.settle(keys, over=over) and self._forward is None:
                self._optimizer = None

    def _predictor(self) -> torch.nn.Module:
        """The network to predict with. The one with integers is made from the weights as they are,
        and anew after they were trained, read or put back."""
        if predicts_in(self.precision, self.device.type) != INT8:
            return self._model
        with self.lock:
            weights = self._model, [_version(one) for one in self._model.parameters()]
            if self._quantized is None or self._quantized[0] != weights:
                self._quantized = weights, int8.quantized(self._model)
            return self._quantized[1]

    def _batch_pieces(self) -> int:
        in_tiles = multiplies_tiles(self.device.type, self.dtype)
        return BATCH_PIECES_IN_TILES if in_tiles else BATCH_PIECES

    def _returns_layers(self) -> bool:
        """Whether the network returns more than the vectors of its last layer."""
        config = self._model.config
        return bool(config.output_hidden_states or config.output_attentions)

    def _set_sparse(self, sparse: bool) -> None:
        """Whether the gradient of the word embeddings names only the rows of a batch."""
        embeddings = self._model.get_input_embeddings()
        if isinstance(embeddings, torch.nn.Embedding):
            embeddings.sparse = sparse


def precision_of(nlp: Language) -> str | None:
    """RETURNS (str | None): What the transformers of a pipeline compute in where they are now,
    int8's in training; None: there is none of ours."""
    models = (getattr(pipe, "model", None) for _, pipe in nlp.components)
    nodes = (node for one in models if isinstance(one, Model) for node in one.walk())
    shims = (shim for node in nodes for shim in node.shims if isinstance(shim, TransformerShim))
    types = dict.fromkeys(name_of(shim.dtype) for shim in shims if shim._model is not None)
    return ", ".join(types) or None


def _version(parameter: torch.nn.Parameter) -> tuple[int, int]:
    """RETURNS (tuple): Another one whenever a parameter was changed in place, or its memory is
    another."""
    # what was made for inference alone is not changed
    changes = 0 if parameter.is_inference() else parameter._version
    return parameter.data_ptr(), changes


def _save_weights(weights: dict[str, Any], file: BinaryIO) -> None:
    """`torch.save` without checksums, a quarter of its time: torch does not look at them."""
    former = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(weights, file)
    except RuntimeError as error:
        # of a full disk torch's writer says "unexpected pos"
        if isinstance(error.__context__, OSError):
            raise error.__context__ from None
        raise
    finally:
        torch.serialization.set_crc32_options(former)


def _to_float32(output: ModelOutput) -> ModelOutput:
    """Widen what the network left in half precision, which NumPy and thinc do not know."""
    for key, value in output.items():
        if isinstance(value, torch.Tensor) and value.dtype in (torch.bfloat16, torch.float16):
            output[key] = value.float()
    return output
