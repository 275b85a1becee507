"""How the transformers of a pipeline cut docs into windows, and how long these may be."""

from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from adaptive_spacy.transformer.tokenizer import WordPieces

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass
class Window:
    """How one transformer cuts docs.

    pipe (str): The component.
    get_spans (Callable): Docs to the stretches that it reads.
    pieces (WordPieces | None): Its tokenizer; None: it is not known which.
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
            if "get_spans" in node.attrs:
                windows.append(_describe(name, node))
    return windows


def _describe(pipe: str, node: Any) -> Window:
    """The node knows its tokenizer and positions wherever it stands: shared by components, or
    inside of one."""
    from adaptive_spacy.transformer.model import StreamedModel
    from adaptive_spacy.transformer.positions import count_positions

    window = Window(pipe, node.attrs["get_spans"])
    if getattr(node, "tokenizer", None) is not None:
        # one that was sourced: it is not loaded again, and the folder it came from may be gone
        with TemporaryDirectory() as folder:
            node.tokenizer.save_pretrained(folder)
            window.pieces = WordPieces(folder)
        window.positions = count_positions(node.transformer)
    elif "name" in node.attrs:
        name = str(node.attrs["name"])
        window.pieces = WordPieces(name, **getattr(node, "_init_tokenizer_config", {}))
        settings = dict(getattr(node, "_init_transformer_config", {}))
        window.positions = _count_positions(name, settings)
    # ours cuts to its positions too (`loading.fit`)
    positions = window.positions if isinstance(node, StreamedModel) else None
    limits = [window.pieces and window.pieces.limit, positions]
    window.limit = min((one for one in limits if one), default=None)
    return window


def _count_positions(name: str, settings: dict[str, Any]) -> int | None:
    from adaptive_spacy.transformer.loading import faults_in_one_line, load_config
    from adaptive_spacy.transformer.positions import count_positions_of

    config = load_config(name, settings)
    with faults_in_one_line(name):
        return count_positions_of(config)
