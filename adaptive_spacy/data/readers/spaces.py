"""Which tokens a space follows, where rows of tokens say so or the user does; and white space."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from adaptive_spacy.data.source import Sentence

#: `--join`: what stands between tokens where the file does not say
JOINS = ("auto", " ", "")
#: `--white-space`: what becomes of tokens of white space
WHITE_SPACE = ("keep", "drop")
#: Languages that are written without spaces
UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my", "bo"))
#: Letters of these: Thai, Lao, Tibetan, Burmese, Khmer, kana, Chinese characters
UNSPACED_LETTERS = re.compile(
    "[\u0e01-\u0e4e\u0e81-\u0ece\u0f40-\u0fbc\u1000-\u103f\u1780-\u17d3\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class Glued(str):
    """A token that no space follows."""

    __slots__ = ()


def check_join(join: str) -> str:
    """RETURNS (str): One of `JOINS`. RAISES (ValueError): If it is none."""
    if join not in JOINS:
        raise ValueError(f"--join: expected auto, '' or ' ', got {join!r}")
    return join


def check_white_space(white_space: str) -> str:
    """RETURNS (str): One of `WHITE_SPACE`. RAISES (ValueError): If it is none."""
    if white_space not in WHITE_SPACE:
        raise ValueError(f"--white-space: expected {' or '.join(WHITE_SPACE)}, got {white_space!r}")
    return white_space


def is_unspaced(lang: str, join: str) -> bool:
    """Whether tokens stand side by side where the file does not say."""
    return join == "" or (join == "auto" and lang.partition("-")[0] in UNSPACED)


def are_unspaced(words: Iterable[str]) -> bool:
    """Whether most words with letters have those of a language that is written without spaces."""
    with_letters = [word for word in words if any(map(str.isalpha, word))]
    return 2 * sum(map(bool, map(UNSPACED_LETTERS.search, with_letters))) > len(with_letters)


def space_out(words: Sequence[str]) -> list[bool]:
    """RETURNS (list[bool]): The spaces of a text that is written without: only between two words
    of Latin letters or digits, unless both are single characters."""
    spaces = [
        one[-1:].isascii()
        and one[-1:].isalnum()
        and two[:1].isascii()
        and two[:1].isalnum()
        and len(one) + len(two) > 2
        for one, two in pairwise(words)
    ]
    return [*spaces, False] if words else []


def align(words: Sequence[str], text: str) -> list[bool] | None:
    """Find the spaces of a sentence in its text.

    RETURNS (list[bool] | None): Whether one follows each word; None: the text is of other words,
        or more than a space divides two of them.
    """
    text, at, spaces = text.strip(), 0, []
    for word in words:
        if not text.startswith(word, at):
            return None
        at += len(word)
        spaces.append(text.startswith(" ", at) or at == len(text))
        at += text.startswith(" ", at)
    return spaces if at == len(text) else None


def drop_white_space(sentence: Sentence) -> Sentence:
    """RETURNS (Sentence): The sentence without tokens of white space; a space takes their place."""
    words, ents, missing, spaces, starts = sentence
    kept = [i for i, word in enumerate(words) if not word.isspace()]
    if len(kept) == len(words):
        return sentence
    # how many are kept before each
    before = [0]
    for word in words:
        before.append(before[-1] + (not word.isspace()))
    gone = {i for i, word in enumerate(words) if word.isspace()}
    moved = [(before[start], before[end], label) for start, end, label in ents]
    if spaces is not None:
        spaces = [spaces[i] or i + 1 in gone for i in kept]
    return Sentence(
        [words[i] for i in kept],
        [(start, end, label) for start, end, label in moved if start < end],
        [before[i] for i in missing if i not in gone],
        spaces,
        None if starts is None else sorted({before[i] for i in starts if before[i] < len(kept)}),
    )


def end_text(sentence: Sentence) -> Sentence:
    """RETURNS (Sentence): The sentence without a space after its last token."""
    if sentence.spaces is None:
        return sentence
    return sentence._replace(spaces=[*sentence.spaces[:-1], False])
