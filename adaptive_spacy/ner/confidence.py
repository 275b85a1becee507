"""`ent._.confidence`: how sure the component is of an entity, in [0, 1].

The number is made in `decoding.py` of the scores of all tags; here it is kept and read.

Kept in `doc.user_data` under spaCy's own keys for span extensions, so that it survives bytes,
`DocBin(store_user_data=True)`, `copy`, `as_doc(copy_user_data=True)` and `Doc.from_docs`. Next to
it stand the type it was given for, so that an entity that another component put on the same tokens
has no confidence, and the component, so that a second one of ours keeps the entities of the first.
"""

from typing import Any

from spacy.tokens import Doc, Span

NAME = "confidence"
TYPE = "confidence_type"
#: The same at temperature 1; only where it was measured (training/calibration.py)
PLAIN = "confidence_plain"
SEPARATOR = "\t"


def register() -> None:
    """Add the extension, unless a program has one of that name."""
    if not Span.has_extension(NAME):
        Span.set_extension(NAME, getter=read)


def read(entity: Span) -> float | None:
    """RETURNS (float | None): The confidence in [0, 1]; None for entities of other components."""
    data = _data(entity)
    if _source(data.get(_key(TYPE, entity)))[0] != entity.label_:
        return None
    return data.get(_key(NAME, entity))


def is_from(entity: Span, pipe: str) -> bool:
    """RETURNS (bool): Whether a component set the entity, with its confidence."""
    return _source(_data(entity).get(_key(TYPE, entity))) in {
        (entity.label_, pipe),
        # of a version that did not keep the name
        (entity.label_, None),
    }


def write(entity: Span, confidence: float, pipe: str) -> None:
    """Keep the confidence of an entity that a component set."""
    _data(entity)[_key(NAME, entity)] = confidence
    _data(entity)[_key(TYPE, entity)] = f"{entity.label_}{SEPARATOR}{pipe}"


def write_plain(entity: Span, confidence: float) -> None:
    """Keep what the confidence of an entity would be without a temperature."""
    _data(entity)[_key(PLAIN, entity)] = confidence


def read_plain(entity: Span) -> float | None:
    """RETURNS (float | None): The confidence at temperature 1 if it was kept, or else as stated."""
    stated = read(entity)
    return None if stated is None else _data(entity).get(_key(PLAIN, entity), stated)


def clear(doc: Doc, pipe: str) -> None:
    """Forget the confidences that a component gave."""
    data: dict[Any, Any] = doc.user_data
    for key in [key for key in data if _is_type(key)]:
        if _source(data[key])[1] in {pipe, None}:
            del data[key]
            for name in (NAME, PLAIN):
                data.pop((key[0], name, *key[2:]), None)


def _source(kept: Any) -> tuple[str | None, str | None]:
    """RETURNS (tuple): The type and the component that stand next to a confidence."""
    if not isinstance(kept, str):
        return None, None
    label, separator, pipe = kept.rpartition(SEPARATOR)
    return (label, pipe) if separator else (pipe, None)


def _data(entity: Span) -> dict[Any, Any]:
    return entity.doc.user_data


def _key(name: str, entity: Span) -> tuple[str, str, int, int]:
    # spacy/tokens/underscore.py, `Underscore._get_key`
    return ("._.", name, entity.start_char, entity.end_char)


def _is_type(key: Any) -> bool:
    return isinstance(key, tuple) and len(key) == 4 and key[:2] == ("._.", TYPE)
