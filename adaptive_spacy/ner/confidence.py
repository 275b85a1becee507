"""`ent._.confidence`: how sure the component is of an entity, in [0, 1].

Kept in `doc.user_data` under spaCy's own keys for span extensions, so that it survives bytes,
`DocBin(store_user_data=True)`, `copy`, `as_doc` and `Doc.from_docs`. Next to it stands the type it
was given for: an entity that another component put on the same tokens has no confidence.
"""

from typing import Any

from spacy.tokens import Doc, Span

NAME = "confidence"
TYPE = "confidence_type"


def register() -> None:
    """Add the extension, unless a program has one of that name."""
    if not Span.has_extension(NAME):
        Span.set_extension(NAME, getter=read)


def read(entity: Span) -> float | None:
    """RETURNS (float | None): The confidence in [0, 1]; None for entities of other components."""
    data = _data(entity)
    if data.get(_key(TYPE, entity)) != entity.label_:
        return None
    return data.get(_key(NAME, entity))


def write(entity: Span, confidence: float) -> None:
    """Keep the confidence of an entity."""
    _data(entity)[_key(NAME, entity)] = confidence
    _data(entity)[_key(TYPE, entity)] = entity.label_


def clear(doc: Doc) -> None:
    """Forget the confidences of a doc."""
    ours = [key for key in doc.user_data if _is_ours(key)]
    for key in ours:
        del doc.user_data[key]


def _data(entity: Span) -> dict[Any, Any]:
    return entity.doc.user_data


def _key(name: str, entity: Span) -> tuple[str, str, int, int]:
    # spacy/tokens/underscore.py, `Underscore._get_key`
    return ("._.", name, entity.start_char, entity.end_char)


def _is_ours(key: Any) -> bool:
    return (
        isinstance(key, tuple) and len(key) == 4 and key[:1] == ("._.",) and key[1] in (NAME, TYPE)
    )
