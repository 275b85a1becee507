"""The labelled docs that crossfit is given: what can be learnt from them, before anything is."""

import warnings
from collections.abc import Iterable

import spacy
import srsly
from spacy.tokens import Doc


def settle_docs(docs: Iterable[Doc]) -> list[Doc]:
    """Take the docs that are annotated, and say how many are not.

    docs (Iterable[Doc]): The labelled docs; empty ones are passed over.
    RETURNS (list[Doc]): Those with entities, or with the knowledge that they have none.
    RAISES (ValueError): If one is no doc, is longer than spaCy reads, or holds what no file can
        keep; or if none is annotated.
    """
    longest = spacy.blank("xx").max_length
    found, plain = [], 0
    for number, doc in enumerate(docs, 1):
        if not isinstance(doc, Doc):
            kind = type(doc).__name__
            raise ValueError(f"docs: expected spaCy's Doc, got {kind}, number {number}")
        if len(doc.text) > longest:
            raise ValueError(
                f"docs: expected at most {longest:,} characters in each, number {number} has "
                f"{len(doc.text):,}: divide it"
            )
        if len(doc) and not doc.has_annotation("ENT_IOB"):
            plain += 1
        elif len(doc):
            _require_kept(doc, number)
            found.append(doc)
    if plain and not found:
        raise ValueError(f"docs: expected entities in doc.ents, none of {plain:,} is annotated")
    if plain:
        warnings.warn(
            f"{plain:,} of {plain + len(found):,} docs are not annotated (doc.ents was never set) "
            "and are left out; a doc without entities is one where it was set to none",
            stacklevel=3,
        )
    return found


def _require_kept(doc: Doc, number: int) -> None:
    """RAISES (ValueError): If a file cannot keep what a doc holds beside its tokens."""
    for key, value in doc.user_data.items():
        try:
            srsly.msgpack_dumps({key: value})
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"docs: expected user_data that a file can keep, number {number} has {key!r}: "
                f"{error}"
            ) from None
