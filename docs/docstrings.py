"""Reads docstrings, in the form that CONTRIBUTING.md describes."""

import inspect
import re
from collections.abc import Callable
from typing import Any, NamedTuple

#: What a config calls an argument, and what the class behind it does
ALIASES = {"rate": "peak"}


class Documented(NamedTuple):
    """What a docstring says.

    prose (str): All before the arguments, in paragraphs.
    arguments (dict[str, str]): Meaning by name.
    see (list[str]): Names that it refers to for its arguments.
    """

    prose: str
    arguments: dict[str, str]
    see: list[str]


def read_docstring(text: str) -> Documented:
    """Take a docstring apart, in the form that CONTRIBUTING.md describes."""
    see = re.findall(r"(?:see|those of) `(\w+)`", text)
    prose, arguments = [], {}
    names: list[str] = []
    for line in text.splitlines():
        if begin := re.match(r"(\w+(?:, \w+)*) \([^()]*\): (.*)", line):
            names = begin[1].split(", ")
            arguments.update(dict.fromkeys(names, begin[2]))
        elif re.match(r"(RETURNS|RAISES|YIELDS|EXAMPLE)\b", line):
            break
        elif names and line.startswith(" "):
            arguments.update(dict.fromkeys(names, f"{arguments[names[0]]} {line.strip()}"))
        elif not names:
            prose.append(line)
    return Documented("\n".join(prose).strip(), arguments, see)


def document(function: Callable[..., Any], name: str) -> Documented:
    """What is known of a registered function: by its own docstring, by those of what it refers to,
    and of its module where both have no words."""
    own = read_docstring(inspect.getdoc(function) or "")
    texts, arguments = [own.prose], dict(own.arguments)
    for other in own.see:
        found = read_docstring(inspect.getdoc(function.__globals__[other]) or "")
        if not tidy(own.prose, name):
            texts.append(found.prose)
        arguments = {**found.arguments, **arguments}
    for public, inner in ALIASES.items():
        if inner in arguments:
            arguments.setdefault(public, arguments[inner])
    prose = "\n\n".join(filter(None, (tidy(text, name) for text in texts)))
    module = read_docstring(inspect.getdoc(inspect.getmodule(function)) or "").prose
    return Documented(prose or tidy(module, name), arguments, [])


def tidy(text: str, name: str) -> str:
    """RETURNS (str): The text without what the heading says already."""
    text = re.sub(r"Registered as `[^`]+`(?:; [^.]*`\w+`)?[.:]\s*", "", text)
    text = re.sub(rf": `{re.escape(name)}`\.", ".", text)
    return text if text.startswith("spaCy") else text[:1].upper() + text[1:]
