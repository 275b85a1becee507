"""The transformer: `adaptive_spacy.TransformerModel.v1`.

spacy-transformers' model with the same inputs, outputs and files, and what it does done faster:
word pieces are padded and aligned with tokens for a batch at once, gradients reach the optimizer
without a copy, dropout draws fewer random bits, predictions are made in batches of similar length,
checkpoints are written without copies, and the network computes in half precision where the device
can.
"""

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any
from weakref import finalize

import numpy
from spacy.tokens import Doc, Span
from spacy_transformers.data_classes import (
    FullTransformerBatch,
    TransformerData,
    WordpieceBatch,
)
from spacy_transformers.layers._util import replace_listener_cfg
from spacy_transformers.layers.transformer_model import TransformerModel
from spacy_transformers.layers.transformer_model import forward as forward_in_python
from spacy_transformers.truncate import truncate_oversize_splits
from thinc.api import ConfigValidationError, Model, torch2xp
from thinc.types import Ragged
from torch import Tensor
from transformers.file_utils import ModelOutput

from adaptive_spacy.config.names import TOK2VEC
from adaptive_spacy.transformer.dtypes import require_precision
from adaptive_spacy.transformer.encoding import encode
from adaptive_spacy.transformer.loading import MODEL_BLOCK, faults_in_one_line, load_transformer
from adaptive_spacy.transformer.packing import Streamed, pack, replace_file
from adaptive_spacy.transformer.piece_alignment import align, token_starts
from adaptive_spacy.transformer.shim import TransformerShim
from adaptive_spacy.transformer.source_name import SourceName
from adaptive_spacy.transformer.trust import require_no_code

SpanGetter = Callable[[list[Doc]], list[list[Span]]]
Backprop = Callable[[FullTransformerBatch], list[Doc]]


def build_transformer_model_v1(
    name: str,
    get_spans: SpanGetter,
    tokenizer_config: dict[str, Any] = {},  # noqa: B006 (a default of the config, never changed)
    transformer_config: dict[str, Any] = {},  # noqa: B006
    precision: str = "float32",
) -> Model[list[Doc], FullTransformerBatch]:
    """Registered as `adaptive_spacy.TransformerModel.v1`: a pretrained transformer to fine-tune.

    name (str): A name of the hub or a folder.
    get_spans (Callable): Cuts docs into the stretches that the transformer reads.
    tokenizer_config, transformer_config (dict): As in `spacy-transformers.TransformerModel.v3`.
    precision (str): "float32", "bfloat16" or "float16": what the network computes in, on devices
        that have it in hardware; elsewhere it is float32. "auto": bfloat16 on devices that are
        faster in it, asked anew wherever the pipeline is loaded. "int8": on a processor it predicts
        with integers (`int8.py`) and is trained in float32. Weights are float32 always.
    RETURNS (Model): Docs to word-piece vectors.
    """
    require_precision(precision)
    require_no_code(tokenizer_config, f"{MODEL_BLOCK} tokenizer_config")
    require_no_code(transformer_config, f"{MODEL_BLOCK} transformer_config")
    model = StreamedModel(name, get_spans, dict(tokenizer_config), dict(transformer_config))
    shims: list[Any] = model.layers[0].shims
    shims[0] = TransformerShim(shims[0]._hfmodel, precision)
    model._func = forward
    model.init = init
    model.attrs["name"] = SourceName(name)
    model.attrs["replace_listener_cfg"] = replace_listener_config
    return model


class StreamedModel(TransformerModel):
    """Writes its file without copies of the weights, and never half."""

    #: Closes the file that the last checkpoint replaced, at the latest when the model goes
    _give_back: Callable[[], Any] | None = None

    def copy(self) -> TransformerModel:  # type: ignore[override]
        """RETURNS (TransformerModel): For a component that takes the transformer along
        (`nlp.replace_listeners`), with a number of its own, as thinc promises."""
        copied = super().copy()
        shim: Any = copied.layers[0].shims[0]
        shim.renumber()
        return copied

    def to_disk(self, path: Path | str) -> None:
        """Write what `to_bytes` returns.

        path (Path | str): The file.
        """
        # the shim is left out of a twin, as another thread may be predicting with it
        layer = self.layers[0]
        shim: Any = layer.shims[0]
        twin, without_shim = copy.copy(self), copy.copy(layer)
        twin._layers = [without_shim]
        without_shim._shims = []
        message = twin.to_dict()
        message["shims"][list(twin.walk()).index(without_shim)] = [Streamed(shim.write)]
        # The new file is written into the memory of the one before the last, which is given back
        # beside that and not before: on a virtual machine, getting memory anew took three quarters
        # of the time of writing (docs/performance.md).
        if self._give_back is not None:
            Thread(target=self._give_back, name="give-back").start()
        former = replace_file(Path(path), partial(pack, message))
        self._give_back = None if former is None else finalize(self, former.close)


def init(model: TransformerModel, X: list[Doc] | None = None, Y: Any = None) -> None:
    """Load the network, once, and run it over some docs.

    RAISES (ConfigValidationError): If there is none that can be trained.
    """
    if model.attrs["has_transformer"]:
        return
    name = str(model.attrs["name"])
    settings = dict(model._init_tokenizer_config), dict(model._init_transformer_config)
    try:
        objects = load_transformer(name, *settings)
        model.attrs["set_transformer"](model, objects)
        if X:
            # now, and not in the first update: by then spaCy has deleted the last training
            with faults_in_one_line(name, ""):
                model.predict(X)
    except ConfigValidationError:
        raise
    except ValueError as error:
        raise ConfigValidationError(
            title="Transformer that cannot be trained", desc=f"{MODEL_BLOCK} name: {error}"
        ) from None


def forward(
    model: TransformerModel, docs: list[Doc], is_train: bool
) -> tuple[FullTransformerBatch, Backprop]:
    """As in spacy-transformers (`layers/transformer_model.py`), with a batch's alignment."""
    if not model.tokenizer.is_fast:
        # only fast tokenizers tell the offsets of their pieces
        return forward_in_python(model, docs, is_train)
    spans_of_docs = model.attrs["get_spans"](docs)
    spans = [span for spans in spans_of_docs for span in spans]
    doc_starts, first_tokens = token_starts(spans_of_docs)
    shim: Any = model.layers[0].shims[0]
    # a fast tokenizer is told in the call not to pad, and fails while another thread tells it so
    with shim.lock:
        encoding = encode(model.tokenizer, [span.text for span in spans])
    wordpieces, alignment = truncate_oversize_splits(
        WordpieceBatch.from_batch_encoding(encoding),
        align(spans, encoding["offset_mapping"], first_tokens),
        model.tokenizer.model_max_length,
    )
    model_output, backprop_tensors = model.layers[0](wordpieces, is_train)
    output = TransformerBatch(
        spans=spans_of_docs, wordpieces=wordpieces, model_output=model_output, align=alignment
    )
    output.doc_starts = doc_starts

    def backprop(d_output: FullTransformerBatch) -> list[Doc]:
        backprop_tensors(d_output.model_output)
        return docs

    return output, backprop


class TransformerBatch(FullTransformerBatch):
    """A batch that knows where each doc's tokens begin, so that they need not be counted."""

    doc_starts: numpy.ndarray

    def split_by_doc(self) -> list[TransformerData]:
        """RETURNS (list[TransformerData]): The outputs of each doc."""
        arrays = {key: _to_arrays(value) for key, value in self.model_output.items()}
        # pieces of the padded batch before each span
        width = self.wordpieces.input_ids.shape[1]
        lengths: Any = self.align.lengths
        indices: Any = self.align.dataXd
        starts = numpy.concatenate([[0], numpy.cumsum(lengths)])
        outputs = []
        row = 0
        for spans, doc_start in zip(self.spans, self.doc_starts, strict=False):
            if not spans or not len(spans[0]):
                outputs.append(TransformerData.empty())
                continue
            rows = slice(row, row + len(spans))
            first, last = doc_start + spans[0].start, doc_start + spans[-1].end
            pieces = indices[starts[first] : starts[last]] - row * width
            outputs.append(
                TransformerData(
                    wordpieces=self.wordpieces[rows],
                    model_output=ModelOutput(
                        {
                            key: [one[rows] for one in value]
                            if isinstance(value, list)
                            else value[rows]
                            for key, value in arrays.items()
                        }
                    ),
                    align=Ragged(pieces, lengths[first:last]),
                )
            )
            row = rows.stop
        return outputs


def _to_arrays(value: Any) -> Any:
    if isinstance(value, Tensor):
        return torch2xp(value)
    return [torch2xp(one) for one in value]


def replace_listener_config(tok2vec: dict[str, Any], listener: dict[str, Any]) -> dict[str, Any]:
    """RETURNS (dict): The config of a component that takes the transformer along, without a
    listener."""
    config = replace_listener_cfg(tok2vec, listener)
    if config["@architectures"] != tok2vec["@architectures"]:
        config["@architectures"] = TOK2VEC
    return config
