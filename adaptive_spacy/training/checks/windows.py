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
            if "get_spans" in node.attrs:
                windows.append(Window(name, node.attrs["get_spans"], *_read_pieces(node)))
    return windows


def _read_pieces(node: Any) -> tuple[WordPieces | None, int | None]:
    """The tokenizer and the positions of the transformer that reads the stretches. The node knows
    of them wherever it stands: shared by components, or inside of one."""
    if getattr(node, "tokenizer", None) is not None:
        # one that was sourced: it is not loaded again, and the folder it came from may be gone
        with TemporaryDirectory() as folder:
            node.tokenizer.save_pretrained(folder)
            node.transformer.config.save_pretrained(folder)
            return WordPieces(folder), _positions(folder)
    if "name" not in node.attrs:
        return None, None
    settings = dict(getattr(node, "_init_tokenizer_config", {}))
    return WordPieces(node.attrs["name"], **settings), _positions(node.attrs["name"])


def _positions(name: str) -> int | None:
    from adaptive_spacy.transformer.loading import load_config

    config = load_config(name, {})
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions < 1:
        return None
    # RoBERTa and its kin count positions from behind the padding's number
    offset = config.pad_token_id + 1 if "roberta" in str(config.model_type) else 0
    return positions - offset
