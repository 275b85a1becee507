"""What a setting has to be. A config has strings, booleans, NaN and infinities where numbers are
meant: none of them is a number here."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spacy.util import get_lang_class
from thinc.api import ConfigValidationError

from adaptive_spacy.config.names import AUTO

#: Whole numbers of a config may be of any length; one beyond this counts nothing that can be done
LARGEST = 10**12
BEYOND = f"; expected none beyond {LARGEST:g}"
#: Bits of a number that Python still writes, in less than 4,300 digits
LONGEST = 14_000


@dataclass(frozen=True)
class Requirement:
    """allowed (str): In words. holds (Callable): Whether a value is that."""

    allowed: str
    holds: Callable[[Any], bool]

    def or_null(self) -> "Requirement":
        """RETURNS (Requirement): The same, or None."""
        return Requirement(
            f"{self.allowed} or null", lambda value: value is None or self.holds(value)
        )

    def fault(self, value: Any) -> str | None:
        """RETURNS (str | None): What is wrong with a value; None: nothing."""
        if self.holds(value):
            return None
        # Python writes no longer ones
        short = not isinstance(value, int) or value.bit_length() < LONGEST
        shown = repr(value) if short else "one of thousands of digits"
        beyond = _is_boundless(value) and "<=" not in self.allowed
        return f"expected {self.allowed}, got {shown}{BEYOND if beyond else ''}"

    def check(self, title: str, place: str, value: Any) -> None:
        """RAISES (ConfigValidationError): Unless a value is that. place (str): Block and key."""
        if fault := self.fault(value):
            raise ConfigValidationError(title=title, desc=f"{place}: {fault}")


def is_number(value: Any) -> bool:
    """RETURNS (bool): Whether a value is a finite number, and no boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not _is_boundless(value) and math.isfinite(value)


def is_whole(value: Any) -> bool:
    """RETURNS (bool): Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool) and not _is_boundless(value)


def is_language(value: Any) -> bool:
    """RETURNS (bool): Whether a value is the code of a language that spaCy has. Its tokenizer may
    need a package that is not there: nothing here asks."""
    try:
        get_lang_class(value)
    # what is no language may be another module of spacy.lang, or no text
    except (ImportError, AttributeError, TypeError, ValueError):
        return False
    return True


def _is_boundless(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > LARGEST


def whole(least: int, most: int | None = None) -> Requirement:
    """RETURNS (Requirement): A whole number in [least, most]."""
    allowed = f"a whole number >= {least}" + ("" if most is None else f" and <= {most}")
    return Requirement(
        allowed,
        lambda value: is_whole(value) and least <= value and (most is None or value <= most),
    )


def number(words: str, holds: Callable[[float], bool]) -> Requirement:
    """RETURNS (Requirement): A finite number of which something holds."""
    return Requirement(words, lambda value: is_number(value) and holds(value))


def one_of(*known: str) -> Requirement:
    """RETURNS (Requirement): One of some names."""
    return Requirement(f"one of {', '.join(known)}", lambda value: value in known)


BELOW_ONE = number("a number in [0, 1)", lambda value: 0 <= value < 1)
POSITIVE = number("a number > 0", lambda value: value > 0)
NOT_NEGATIVE = number("a number >= 0", lambda value: value >= 0)
LANGUAGE = Requirement("the code of a language of spaCy, such as en, or xx for any", is_language)
#: Beyond it no optimizer leaves finite weights
HIGHEST_RATE = 10.0
RATE = number(f"a number > 0 and <= {HIGHEST_RATE:g}", lambda value: 0 < value <= HIGHEST_RATE)
RATE_OR_AUTO = Requirement(
    f'{RATE.allowed} or "{AUTO}"', lambda value: value == AUTO or RATE.holds(value)
)


def require_language(value: Any, place: str = "--lang") -> None:
    """RAISES (ValueError): Unless a value is the code of a language. place (str): Where it is."""
    if fault := LANGUAGE.fault(value):
        raise ValueError(f"{place}: {fault}")
