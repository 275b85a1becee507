"""How the transformers of a pipeline cut docs into windows, and how long these may be."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adaptive_spacy.config.names import TRANSFORMER
from adaptive_spacy.transformer.tokenizer import WordPieces

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass
class Window:
    """How one transformer cuts docs.

    pipe (str): The component.
    get_spans (Callable): Docs to the stretches that it reads.
    pieces (WordPieces | None): Its tokenizer; None: it could not be loaded by itself.
    limit (int | None): The most word pieces of a window that it reads; it cuts off what is more.
    positions (int | None): The most word pieces that it has positions for.
    """

    pipe: str
    get_spans: Any
    pieces: WordPieces | None = None
    limit: int | None = None
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
                window.positions = _count_positions(block)
                window.limit = _limit(window, block)
            windows.append(window)
    return windows


def _count_positions(block: dict[str, Any]) -> int | None:
    from adaptive_spacy.transformer.loading import faults_in_one_line, load_config
    from adaptive_spacy.transformer.positions import count_positions_of

    name = block["name"]
    config = load_config(name, dict(block.get("transformer_config") or {}))
    with faults_in_one_line(name):
        return count_positions_of(config)


def _limit(window: Window, block: dict[str, Any]) -> int | None:
    """What the transformer cuts windows to: ours to its positions, too (`loading.fit`)."""
    limits = [window.pieces and window.pieces.limit]
    if block["@architectures"] == TRANSFORMER:
        limits.append(window.positions)
    return min((one for one in limits if one), default=None)
