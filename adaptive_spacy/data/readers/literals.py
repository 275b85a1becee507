"""Values written as Python writes them, read and never run: `ast.literal_eval` and no more."""

import ast
import io
import tokenize
import warnings
from itertools import pairwise
from typing import Any

from adaptive_spacy.data.source import shorten


def parse_literal(text: str) -> Any:
    """RETURNS (Any): A value of one expression, see `evaluate`.
    RAISES (ValueError): If it is none, or if strings follow one another without a comma, as numpy
        prints arrays and Python joins them."""
    tree = parse(text.strip(), "eval")
    tokens = tokenize.generate_tokens(io.StringIO(text.strip()).readline)
    for one, other in pairwise(one for one in tokens if one.type != tokenize.NL):
        if one.type == other.type == tokenize.STRING:
            raise ValueError(
                f"found {shorten(one.string)} and {shorten(other.string)} without a comma between "
                "them, as numpy prints arrays, expected a list; write it with .tolist()"
            )
    return evaluate(tree.body)


def parse(text: str, mode: str) -> Any:
    """RETURNS (Any): A program or an expression, as a tree.
    RAISES (ValueError): If it is none, or nested too deeply."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in strings, which are as they are
            return ast.parse(text, mode=mode)
    except SyntaxError as error:
        line = f" in line {error.lineno}" if mode == "exec" and error.lineno else ""
        raise ValueError(f"found what is no Python{line}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError, UnicodeError, OverflowError):
        raise ValueError("found Python that is nested too deeply or has odd characters") from None


def evaluate(node: ast.expr) -> Any:
    """RETURNS (Any): A value as JSON would hold it: tuples are lists.
    RAISES (ValueError): If it is no literal, or one that JSON does not have."""
    try:
        return to_json(ast.literal_eval(node))
    except (RecursionError, MemoryError):
        raise ValueError("found a value that is nested too deeply, expected a record") from None
    except (TypeError, SyntaxError):
        raise ValueError("found a value that cannot be, expected a record") from None
    except ValueError as error:
        if str(error).startswith("found"):
            raise
        raise ValueError(
            f"found {shorten(ast.unparse(node))}, expected numbers, texts, lists and tuples: "
            "programs are not run"
        ) from None


def to_json(value: Any) -> Any:
    """RETURNS (Any): A value with lists for tuples. RAISES (ValueError): If JSON has none such."""
    if isinstance(value, list | tuple):
        return [to_json(one) for one in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError(f"found the keys {shorten(str(list(value)))}, expected names")
        return {key: to_json(one) for key, one in value.items()}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise ValueError(f"found a {type(value).__name__}, expected numbers, texts and lists")
