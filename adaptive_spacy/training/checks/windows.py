"""How the transformers of a pipeline cut docs into windows, and how long these may be."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adaptive_spacy.transformer.tokenizer import WordPieces

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass
class Window:
    """How one transformer cuts docs.

    pipe (str): The component.
    get_spans (Callable): Docs to the stretches that it reads.
    pieces (WordPieces | None): Its tokenizer; None: it could not be loaded by itself.
    positions (int | None): The most word pieces that it has positions for.
    """

    pipe: str
    get_spans: Any
    pieces: WordPieces | None = None
    positions: int | None = None


def find_windows(nlp: "Language") -> list[Window]:
    """RETURNS (list[Window]): How the pipeline's transformers cut docs, by spacy-transformers'
    conventions."""
    windows = []
    for name, pipe in nlp.pipeline:
        model: Any = getattr(pipe, "model", None)
        for node in model.walk() if hasattr(model, "walk") else ():
            if "get_spans" not in node.attrs:
                continue
            block = nlp.config.interpolate()["components"][name].get("model", {})
            window = Window(name, node.attrs["get_spans"])
            if "name" in block:
                settings = dict(block.get("tokenizer_config") or {})
                window.pieces = WordPieces(block["name"], **settings)
                window.positions = _positions(block["name"])
            windows.append(window)
    return windows


def _positions(name: str) -> int | None:
    from adaptive_spacy.transformer.loading import load_config

    config = load_config(name, {})
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions < 1:
        return None
    # RoBERTa and its kin count positions from behind the padding's number
    offset = config.pad_token_id + 1 if "roberta" in str(config.model_type) else 0
    return positions - offset
