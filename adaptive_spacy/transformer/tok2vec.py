"""A transformer inside of a component, shared with no other: `Tok2VecTransformer.v1`.

What `nlp.replace_listeners` makes of `TransformerModel.v1` and a listener.
"""

from typing import Any

from spacy.tokens import Doc
from spacy_transformers.layers import split_trf_batch, trfs2arrays
from thinc.api import Model, chain
from thinc.types import Floats2d, Ragged

from adaptive_spacy.transformer.model import SpanGetter, build_transformer_model_v1


def build_tok2vec_transformer_v1(
    name: str,
    get_spans: SpanGetter,
    pooling: Model[Ragged, Floats2d],
    tokenizer_config: dict[str, Any] = {},  # noqa: B006 (a default of the config, never changed)
    transformer_config: dict[str, Any] = {},  # noqa: B006
    precision: str = "float32",
    grad_factor: float = 1.0,
) -> Model[list[Doc], list[Floats2d]]:
    """Registered as `adaptive_spacy.Tok2VecTransformer.v1`; its files are those of
    `spacy-transformers.Tok2VecTransformer.v3`, written exactly and read without trust.

    name (str): A name of the hub or a folder.
    get_spans (Callable): Cuts docs into the stretches that the transformer reads.
    pooling (Model): Makes one vector per token of those of its word pieces.
    tokenizer_config, transformer_config (dict): As in `adaptive_spacy.TransformerModel.v1`.
    precision (str): As in `adaptive_spacy.TransformerModel.v1`.
    grad_factor (float): What gradients are multiplied by on their way to the transformer.
    RETURNS (Model): Docs to token vectors.
    """
    model = build_transformer_model_v1(
        name, get_spans, tokenizer_config, transformer_config, precision
    )
    # a chain in a chain, as it is when a listener was replaced
    whole: Any = chain(chain(model, split_trf_batch()), trfs2arrays(pooling, grad_factor))
    return whole
