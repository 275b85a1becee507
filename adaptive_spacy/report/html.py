"""What all pages share: one file each, which opens from disk and asks no network for anything.

Style and scripts are part of the page, and a policy in it forbids whatever else it might load.
Texts of data are escaped by the templates; what scripts read is JSON in which no tag can end.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adaptive_spacy.files import replacing
from adaptive_spacy.printable import one_line

TEMPLATES = Path(__file__).parent / "templates"


class Refresh(NamedTuple):
    """Of a page that is served, and asks its own server alone whether there is a newer one.

    tag (str): Which one it is: letters, digits and "-". seconds (float): From one question to the
    next.
    """

    tag: str
    seconds: float


def render(template: str, *, refresh: Refresh | None = None, **values: Any) -> str:
    """RETURNS (str): A page: HTML in which all texts of data are escaped.

    refresh (Refresh | None): None: it asks nobody for anything.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(
        embed=embed, json=to_json, count=count, percent=percent, visible=one_line
    )
    return environment.get_template(template).render(refresh=refresh, **values)


def embed(value: Any) -> Markup:
    """RETURNS (Markup): JSON for an element <script type="application/json">, in which nothing can
    be read as a tag."""
    text = to_json(value)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def to_json(value: Any) -> str:
    """RETURNS (str): JSON without spaces; for an attribute, where it is escaped as any text is."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def count(number: float) -> str:
    """RETURNS (str): A number with its thousands divided."""
    return f"{number:,}"


def percent(number: float | None) -> str:
    """RETURNS (str): Percent with a decimal; "–" for none."""
    return "–" if number is None else f"{number:.1f}"


def write_page(page: str, path: Path) -> None:
    """Put a page in the place of an earlier one."""
    with replacing(path) as aside:
        aside.write_text(page, encoding="utf8", errors="backslashreplace")
