"""What no one should write into a file or a command line, and how it gets there."""

import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

Draw = random.Random

DEEP = "[" * 3000 + "]" * 3000
#: Stands in JSON for what json.dumps cannot write
PLACES = {"@deep@": DEEP, "@huge@": "9" * 400, "@endless@": "9" * 5000, "@overflow@": "1e999"}

TEXTS = (
    *("", " ", "x", "nan", "inf", "-inf", "1e-3", "true", "null", "zz", "en", "..", ".", "/"),
    *("../../outside", "/nonexistent/x", "a/b/c", "-", "--", "-1", "0", "1e999", "9" * 400),
    *("\x1b[31mred", "\x1b]0;title\x07", "\u202eabc", "a\nb", "a\tb", "a\rb", "é" * 200),
    *("$\\frac{", "con", "1-3", "O", "~", "💥", "a|b"),
    *("<script>alert(1)</script>", "${variables.rate}", "${x}", "{raw}", "%s", "a=b", "a,b", "[x]"),
    *("adaptive_spacy.Corpus.v1", "x" * 5000, "\\", '"', "'"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 2**31, 2**63, 2**64, 10**30, 1e308, -1e308, 5e-324),
    *(0.0, -1.0, 3.0, 1e-6, 1e-3, 0.1, 0.9, 1.5, -0.5, 100.0),
    *(float("nan"), float("inf"), float("-inf"), [], {}, [[]], [None], [0], ["x"], {"x": 1}),
    *({"": None}, {"@misc": "x"}, *PLACES, "\0", "\ud800", *TEXTS),
)
BYTES = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1b[31m", b"{", b"[", b'"', b"\n"),
    *(b"&a [*a]", b"<<: *a", b"- ", b": ", b"9" * 5000, b"[" * 2000, b"nan", b"NaN", b"@", b"\r"),
)


def dump(value: Any) -> str:
    """RETURNS (str): As JSON, with what JSON's own writer cannot write."""
    text = json.dumps(value)
    for place, raw in PLACES.items():
        text = text.replace(json.dumps(place), raw)
    return text


def spoil_value(value: Any, draw: Draw) -> Any:
    """RETURNS (Any): A copy of a JSON value with one change, wherever it is."""
    if isinstance(value, dict) and value and draw.random() < 0.85:
        key = draw.choice(sorted(value, key=str))
        kind = draw.random()
        rest = {other: inner for other, inner in value.items() if other != key}
        if kind < 0.12:
            return rest
        if kind < 0.18:
            return {**rest, str(draw.choice(TEXTS)): value[key]}
        return {**value, key: spoil_value(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.85:
        at = draw.randrange(len(value))
        if draw.random() < 0.15:
            return value[:at] + value[at + 1 :]
        return [*value[:at], spoil_value(value[at], draw), *value[at + 1 :]]
    return draw.choice(VALUES)


def spoil_bytes(data: bytes, draw: Draw) -> bytes:
    """RETURNS (bytes): Cut off, flipped, or with something in between."""
    kind = draw.randrange(5)
    at = draw.randrange(len(data) + 1)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return b""
    if kind == 2 and data:
        at %= len(data)
        return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
    if kind == 3:
        return draw.randbytes(draw.choice((1, 10, 1000)))
    return data[:at] + draw.choice(BYTES) + data[at:]


def spoil_settings(text: str, draw: Draw) -> tuple[str, str]:
    """RETURNS (tuple[str, str]): A config with one line changed, and that line's place."""
    lines = text.splitlines()
    settings = [i for i, line in enumerate(lines) if re.match(r"[@\w]+ = ", line)]
    sections = [i for i, line in enumerate(lines) if line.startswith("[")]
    kind = draw.random()
    at = draw.choice(settings if kind < 0.9 else sections)
    section = next((lines[i] for i in range(at, -1, -1) if lines[i].startswith("[")), "")
    place = f"{section} {lines[at]}"
    if kind < 0.7:
        key, _, value = lines[at].partition(" = ")
        alike = [one for one in VALUES if type(one) is type(read(value))]
        lines[at] = f"{key} = {dump(draw.choice(alike if draw.random() < 0.5 else VALUES))}"
    elif kind < 0.8:
        del lines[at]
    elif kind < 0.85:
        lines.insert(at, lines[at])
    elif kind < 0.9:
        lines.insert(at, f"{draw.choice(('x', 'size', 'rate', '@misc'))} = 1")
    elif kind < 0.95:
        lines[at] = draw.choice(("[x]", "[training.x]", "[", "[]", "[a.b.c]", "[nlp]", "[..]"))
    else:
        del lines[at]
    return "\n".join(lines) + "\n", place


def read(setting: str) -> Any:
    """RETURNS (Any): A setting's value, any number as a float; so is a reference."""
    try:
        value = json.loads(setting)
    except (ValueError, RecursionError):
        return 1.0
    return float(value) if type(value) is int else value


def spoil_path(path: Path, draw: Draw) -> str:
    """Damage a file or folder. RETURNS (str): How."""
    if path.is_symlink() or not path.exists():
        return "nothing"
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    kind = draw.random()
    if path.is_dir() and (kind < 0.1 or not files):
        how = draw.choice(("gone", "file", "empty", "loop"))
        shutil.rmtree(path)
        REPLACED[how](path)
        return f"{path} {how}"
    target = draw.choice(files)
    if kind < 0.2:
        how = draw.choice(("gone", "folder", "empty file", "loop"))
        target.unlink()
        REPLACED[how](target)
        return f"{target} {how}"
    data = target.read_bytes()
    if kind < 0.8 and (changed := _spoil_structure(target, data, draw)) is not None:
        target.write_bytes(changed)
        return f"{target} structure"
    target.write_bytes(spoil_bytes(data, draw))
    return f"{target} bytes"


REPLACED: dict[str, Callable[[Path], Any]] = {
    "gone": lambda path: None,
    "file": lambda path: path.write_text("x"),
    "empty": lambda path: path.mkdir(),
    "folder": lambda path: path.mkdir(),
    "empty file": lambda path: path.touch(),
    "loop": lambda path: path.symlink_to(path.name),
}


def _spoil_structure(path: Path, data: bytes, draw: Draw) -> bytes | None:
    try:
        text = data.decode()
        if path.suffix == ".cfg" or path.name == "config.cfg":
            return spoil_settings(text, draw)[0].encode()
        if path.suffix == ".jsonl":
            lines = text.splitlines()
            at = draw.randrange(len(lines))
            lines[at] = dump(spoil_value(json.loads(lines[at]), draw))
            return "\n".join(lines).encode()
        if path.suffix == ".json" or path.name in ("cfg",):
            return dump(spoil_value(json.loads(text), draw)).encode()
        if path.suffix == ".yml":
            import srsly

            # JSON is YAML
            return dump(spoil_value(srsly.yaml_loads(text), draw)).encode()
    except (ValueError, IndexError):
        pass
    return None
