"""CoNLL-2012's brackets: `(PERSON*`, `*`, `*)` and `(GPE)`."""

import re
from collections.abc import Sequence

from adaptive_spacy.data.schemes import BROKEN, UNTAGGED

#: The scheme of the tags that are made of brackets
BRACKET_SCHEME = "BILOU"
OPENS = re.compile(r"\((?P<type>[^()*\s]+)\*?(?P<closes>\))?")
CLOSES = re.compile(r"\*?\)")


def read_brackets(tags: Sequence[str]) -> list[str]:
    """Make tags of BILOU of the brackets of a sentence.

    RETURNS (list[str]): The tag of each token; one that cannot be read, as a bracket within another
        one or one that closes nothing, as it is.
    """
    found: list[str] = []
    label = ""
    for raw in tags:
        opens = OPENS.fullmatch(raw)
        if raw in (BROKEN, UNTAGGED):
            found.append(raw)
        elif opens and not label:
            found.append(f"{'U' if opens['closes'] else 'B'}-{opens['type']}")
            label = "" if opens["closes"] else opens["type"]
        elif CLOSES.fullmatch(raw) and label:
            found.append(f"L-{label}")
            label = ""
        elif raw in ("*", "-", "_"):
            found.append(f"I-{label}" if label else "O")
        else:
            found.append(raw)
    return found
