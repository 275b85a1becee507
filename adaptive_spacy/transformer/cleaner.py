"""The component `transformer_cleaner`: frees what the transformer left on the docs.

spaCy's `doc_cleaner` cannot do that alone: its default attributes are merged into any that a config
names, so that it always empties `doc.tensor` too, and with it breaks `span.as_doc`, `doc.vector`
and `has_vector` (spaCy 3.8).
"""

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

#: Where spaCy keeps `doc._.trf_data` (spacy/tokens/underscore.py, `Underscore._get_key`)
TRF_DATA = ("._.", "trf_data", None, None)


@Language.factory("transformer_cleaner")
def make_transformer_cleaner(nlp: Language, name: str) -> "TransformerCleaner":
    """Registered as `transformer_cleaner`; see `TransformerCleaner`."""
    return TransformerCleaner()


class TransformerCleaner:
    """Takes the transformer's output off a doc, and nothing else. It belongs behind the components
    that listen to the transformer."""

    def __call__(self, doc: Doc) -> Doc:
        """RETURNS (Doc): The doc, whose `doc._.trf_data` is None."""
        data: dict[Any, Any] = doc.user_data
        data.pop(TRF_DATA, None)
        return doc
