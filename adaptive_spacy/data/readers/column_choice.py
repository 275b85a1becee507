"""Which columns hold the token and its tag; where several may, the user chooses."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from adaptive_spacy.data.readers.column_doubts import (
    refuse_lost_sentences,
    refuse_numbers_as_tokens,
    refuse_tags_as_tokens,
)
from adaptive_spacy.data.readers.column_kinds import (
    Kind,
    Row,
    describe_types,
    find_kind,
    is_index,
    is_sentence_name,
)
from adaptive_spacy.data.readers.column_names import DOCUMENT_NAME, SENTENCE, find_named
from adaptive_spacy.data.readers.tag_spelling import is_outside
from adaptive_spacy.data.readers.token_marks import find_language, have_places

#: How the header of a table calls its columns, in lower case
# fmt: off
TOKEN_NAMES = {
    "token", "tokens", "word", "words", "form", "text", "surface", "wordform", "word_form",
    "term", "char", "character",
}
# fmt: on
# fmt: off
TAG_NAMES = {
    "tag", "tags", "label", "labels", "ner", "ner_tag", "ner_tags", "ner-tag", "nertag", "ne",
    "netag", "ne_tag", "entity", "entities", "entity_type", "bio", "iob", "iob2", "bio_tag",
    "iob_tag", "tag_bio", "bilou", "class",
}
# fmt: on
#: Of these the one that is no other layer of tags
ENTITY_NAMES = re.compile(r"(?i)ner?([-_]?(tags?|labels?))?|named[-_ ]?entit(y|ies)")


class Choice(NamedTuple):
    """The columns that a file was read by.

    token (int), tag (int): Columns, from 0.
    numbers (int): The column that numbers the tokens, -1: none.
    glue (int): The column that says where no space follows, -1: none.
    prefix (str): A language before each token, as `en:`.
    has_places (bool): Whether each token ends in its place in a word, as in Weibo NER.
    """

    token: int
    tag: int
    numbers: int = -1
    glue: int = -1
    prefix: str = ""
    has_places: bool = False


def is_header(fields: Row) -> bool:
    """Whether the first row of a table names its columns."""
    names = [field.strip().casefold() for field in fields]
    tags = [name for name in names if name in TAG_NAMES or name.startswith(("ne-", "ner"))]
    return any(name in TOKEN_NAMES for name in names) and bool(tags) and len(names) > 1


def is_token_name(column: int, names: Sequence[str]) -> bool:
    """Whether a file calls a column the token."""
    return bool(names) and names[column].strip().casefold() in TOKEN_NAMES


def find_column(option: str, given: int | str, columns: int, names: Sequence[str]) -> int:
    """RETURNS (int): A column that is given by number, from 0 or from the end, or by name.

    option (str): As which option, for the message.
    names (Sequence[str]): What the file calls its columns; nothing: it does not say.
    RAISES (ValueError): If there is none.
    """
    text = str(given)
    if text in names:
        return names.index(text)
    lower = [name.casefold() for name in names]
    if lower.count(text.casefold()) == 1:
        return lower.index(text.casefold())
    try:
        number = int(text)
    except ValueError:
        number = columns
    if not -columns <= number < columns:
        by_name = f", or one of {', '.join(map(repr, names))}" if names else ""
        raise ValueError(
            f"{option}: expected a column from 0 to {columns - 1}, or -1 for the last{by_name}, "
            f"got {given}"
        )
    return number % columns


def find_columns(
    token: int | str | None, tag: int | str | None, columns: int, names: Sequence[str]
) -> tuple[int | None, int | None]:
    """RETURNS (tuple[int | None, int | None]): The columns that `--token-column` and `--tag-column`
    name, see `find_column`; None: not given. RAISES (ValueError): If there is none."""
    return (
        None if token is None else find_column("--token-column", token, columns, names),
        None if tag is None else find_column("--tag-column", tag, columns, names),
    )


def choose_columns(
    rows: Sequence[Row],
    columns: int,
    *,
    token: int | None = None,
    tag: int | None = None,
    names: Sequence[str] = (),
    may_swap: bool = True,
) -> Choice:
    """Find the columns of token and tag.

    rows (Sequence[Row]): The first rows, without a header; nothing for a blank line.
    columns (int): How many columns a row has.
    token (int | None), tag (int | None): What the user said.
    names (Sequence[str]): What the file calls its columns; nothing: it does not say.
    may_swap (bool): Whether the tag may stand before the token: not where the user insists that
        any word may be a type.
    RETURNS (Choice): The columns.
    RAISES (ValueError): If several columns may hold the tags.
    """
    full = [fields for fields in rows if len(fields) == columns]
    values = [Counter(fields[column] for fields in full) for column in range(columns)]
    kinds = [find_kind(one) for one in values]
    numbered = _number_columns(rows, full, columns, kinds, {token, tag})
    if find_named(names, SENTENCE, range(columns)) < 0:
        documents = find_named(names, DOCUMENT_NAME, range(columns))
        refuse_lost_sentences(rows, [i for i in numbered if i != documents])
    glue = next((i for i, kind in enumerate(kinds) if kind is Kind.NO_SPACE), -1)
    if token is None:
        token = _choose_token(columns, kinds, numbered, tag, names, values if may_swap else None)
        if may_swap and columns > 2 and not is_token_name(token, names):
            refuse_tags_as_tokens(token, kinds, values)
            refuse_numbers_as_tokens(token, tag, kinds, values)
    if tag is None:
        tag = _choose_tag(columns, kinds, values, token, {*numbered, glue}, names)
    tokens = [fields[token] for fields in full]
    # beside tags with a prefix, or where the user insists, a token may be of several words; but a
    # table of which none is outside is a list of names
    is_tagged = kinds[tag] in (Kind.TAGS, Kind.OUTSIDE, Kind.BRACKETS) and (
        columns == 2 or is_token_name(token, names) or any(map(is_outside, values[tag]))
    )
    if may_swap and not is_tagged and 2 * sum(" " in one.strip() for one in tokens) > len(tokens):
        raise ValueError(
            f"found texts of several words in column {token}, expected a token in each row"
        )
    return Choice(
        token,
        tag,
        numbered[-1] if numbered else -1,
        glue,
        find_language(tokens),
        have_places(tokens),
    )


def _number_columns(
    rows: Sequence[Row],
    full: Sequence[Row],
    columns: int,
    kinds: Sequence[Kind],
    chosen: set[int | None],
) -> list[int]:
    """RETURNS (list[int]): The columns at the front that only number, where others are left."""
    kept = [fields if len(fields) == columns else [] for fields in rows]
    fronts: list[int] = []
    for column in range(columns - 2 if full else 0):
        is_free = column not in chosen and kinds[column] is Kind.OTHER
        if not is_free or not (is_index(kept, column) or is_sentence_name(kept, column)):
            break
        fronts.append(column)
    # a name alone may be a token
    while fronts and not is_index(kept, fronts[-1]):
        fronts.pop()
    return fronts


def _choose_token(
    columns: int,
    kinds: Sequence[Kind],
    numbered: Sequence[int],
    tag: int | None,
    names: Sequence[str],
    values: Sequence[Counter[str]] | None,
) -> int:
    """values (Sequence[Counter[str]] | None): Of the columns; None: the tag does not stand
    before the token."""
    named = [i for i, name in enumerate(names) if name.strip().casefold() in TOKEN_NAMES]
    if named:
        return named[0]
    free = [i for i in range(columns) if i not in numbered and i != tag]
    first = free[0] if free else 0
    if values is None or tag is not None or kinds[first] is not Kind.TAGS:
        return first
    others = [i for i in free if kinds[i] is Kind.OTHER]
    if not others or any(kinds[i] in (Kind.TAGS, Kind.OUTSIDE, Kind.BARE) for i in free[1:]):
        return first
    if all(value.isupper() for value in values[others[0]]):
        raise ValueError(
            f"found tags in column {first} ({describe_types(values[first])}) and capitals in "
            f"column {others[0]}, either of which may be the token; --token-column {others[0]} "
            f"--tag-column {first} takes the first for the tag, --token-column {first} "
            f"--tag-column {others[0]} the second"
        )
    return others[0]


def _choose_tag(
    columns: int,
    kinds: Sequence[Kind],
    values: Sequence[Counter[str]],
    token: int,
    taken: set[int],
    names: Sequence[str],
) -> int:
    free = [i for i in range(columns) if i != token and i not in taken]
    found = [i for i in free if kinds[i] in (Kind.TAGS, Kind.BRACKETS)]
    sure = found or [i for i in free if kinds[i] is Kind.BARE]
    likely = [i for i in free if kinds[i] in (Kind.OUTSIDE, Kind.BARE) or i in sure]
    entities = [i for i in likely if names and ENTITY_NAMES.fullmatch(names[i].strip())]
    if len(likely) == 1 or len(entities) == 1:
        return (entities or likely)[0]
    chunks = [i for i in free if kinds[i] is Kind.CHUNKS]
    if not likely and chunks and columns > 2:
        raise ValueError(
            f"found phrases of a chunker in column {chunks[-1]} "
            f"({describe_types(values[chunks[-1]])}) and no entity, expected entity tags; "
            f"--tag-column {chunks[-1]} takes the phrases for entities"
        )
    if not likely:
        others = [i for i in free if kinds[i] is not Kind.EMPTY] or free
        return others[-1] if others else columns - 1
    shown = [
        f"{i}{f' {names[i]!r}' if names else ''} ({describe_types(values[i])})" for i in likely
    ]
    ways = " or ".join(f"--tag-column {i}" for i in likely)
    raise ValueError(
        f"found tags in {len(likely)} columns, expected one of them: {', '.join(shown)}; {ways} "
        "says which to read"
    )
