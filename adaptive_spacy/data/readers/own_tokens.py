"""The tokens that a record brings along, beside its text: where they are in it."""

from itertools import accumulate
from typing import Any

from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import CharSpan
from adaptive_spacy.data.readers.record_fields import check_string, check_word
from adaptive_spacy.data.source import shorten

#: What Prodigy notes of a transformer's word piece, whose text is written with marks, as `##s`
PIECE = "tokenizer_id"


#: Where each of a record's tokens is among those of its text; None: it has none of the text
Positions = list[int | None]


def place_tokens(text: str, tokens: list[Any]) -> tuple[list[str], list[bool], Positions]:
    """Find a record's own tokens in its text. White space between two of them that is not just
    one space is a token of its own, as in spaCy.

    RETURNS (tuple[list[str], list[bool], Positions]): The tokens; whether a space follows each; and
        where the record's tokens are among them.
    RAISES (ValueError): If the text is not made of these tokens and white space.
    """
    words: list[str] = []
    spaces: list[bool] = []
    positions: Positions = []

    def fill(gap: str) -> None:
        if gap.strip():
            raise ValueError(f"found {shorten(gap)} in no token, expected tokens for all the text")
        if words and gap.startswith(" "):
            spaces[-1] = True
            gap = gap[1:]
        if gap:
            words.append(gap)
            spaces.append(False)

    at = 0
    for i, token in enumerate(tokens):
        start, end, word = read_token(token, i)
        if PIECE in token:
            word = text[start:end]
            if start == end:  # as <s>: none of the text
                positions.append(None)
                continue
        if not at <= start < end or text[start:end] != word:
            raise ValueError(
                f"found token {i}, {shorten(word)} from {start} to {end}, expected tokens that "
                f"follow one another; the text has {shorten(text[start:end])} there"
            )
        fill(text[at:start])
        positions.append(len(words))
        words.append(word)
        spaces.append(False)
        at = end
    fill(text[at:])
    return words, spaces, positions


def place_words(words: list[Any]) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): Tokens, a space between each two, with their offsets.
    RAISES (ValueError): If one is no text."""
    words = [check_word(word, i) for i, word in enumerate(words)]
    starts = accumulate((len(word) + 1 for word in words), initial=0)
    return [
        {"text": word, "start": start, "end": start + len(word)}
        for word, start in zip(words, starts, strict=False)
    ]


def read_token(token: Any, index: int) -> tuple[int, int, str]:
    """RETURNS (tuple[int, int, str]): Start and end of a token, in characters, and its text."""
    if not isinstance(token, dict) or not {"text", "start", "end"} <= token.keys():
        raise ValueError(
            f'found the token {show_json(token)}, expected an object with "text", "start" and "end"'
        )
    for key in ("start", "end"):
        if type(token[key]) is not int or token[key] < 0:
            raise ValueError(
                f"found {show_json(token[key])} as {key} of token {index}, expected an integer "
                "from 0"
            )
    check_string(token["text"], f"token {index}")
    return token["start"], token["end"], token["text"]


def check_token_indices(raw: Any, span: CharSpan, tokens: list[Any]) -> None:
    """RAISES (ValueError): If Prodigy's `token_start` and `token_end`, the last token of the
    entity, are others than the tokens at its offsets."""
    if not (tokens and isinstance(raw, dict)):
        return
    for key, offset in (("token_start", span.start), ("token_end", span.end - 1)):
        index = raw.get(key)
        if index is None:
            continue
        if type(index) is not int or not 0 <= index < len(tokens):
            raise ValueError(
                f"found {key} {show_json(index)}, expected a token from 0 to {len(tokens) - 1}"
            )
        if not tokens[index]["start"] <= offset < tokens[index]["end"]:
            raise ValueError(
                f"found {key} {index} of an entity from {span.start} to {span.end} "
                f"({span.label}), expected a token at these offsets; token {index} is "
                f"{shorten(tokens[index]['text'])}"
            )


def find_missing(missing: list[Any], positions: Positions, annotated: set[int]) -> list[int]:
    """RETURNS (list[int]): The tokens without annotation, in order.
    RAISES (ValueError): If there is no such token, or if it is part of an entity."""
    found = find_tokens("missing", missing, positions)
    for index in found:
        if index in annotated:
            raise ValueError(
                f'found token {positions.index(index)} under "missing" and in an entity, expected '
                "one of both"
            )
    return found


def find_tokens(key: str, indices: list[Any], positions: Positions) -> list[int]:
    """Find tokens by their numbers in the record.

    key (str): What the record calls them.
    positions (Positions): Where the record's tokens are.
    RETURNS (list[int]): Where these are, in order.
    RAISES (ValueError): If there is no such token, or if it has none of the text.
    """
    found = set()
    for index in indices:
        if type(index) is not int or not 0 <= index < len(positions):
            raise ValueError(
                f'found {show_json(index)} under "{key}", expected a token from 0 to '
                f"{len(positions) - 1}"
            )
        position = positions[index]
        if position is None:
            raise ValueError(
                f'found token {index} under "{key}", which has none of the text, expected one that '
                "has some"
            )
        found.add(position)
    return sorted(found)
