"""JSON and YAML that people and programs wrote: read with bounds, and with the place of each fault.

Such a file may be cut off, of another program, or made to do harm: nested until Python's stack
ends, or YAML whose aliases stand for billions of values.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from confection import ConfigValidationError
from pydantic import ValidationError

#: Values in a YAML file, an alias counted as all that it stands for
MOST_VALUES = 100_000
MOST_NESTED = 50
#: Bytes of a line, unpacked: a small file may stand for any number
LONGEST_LINE = 2**26
LONGEST_SHOWN = 80
LONGEST_REASON = 500


def read_json(path: Path, expected: str = "JSON") -> Any:
    """Read a JSON file.

    expected (str): What it should be, for the message.
    RETURNS (Any): Its value.
    RAISES (ValueError): If there is no such file, or it is no JSON; with the path.
    """
    return _read(path, expected, json.loads)


def read_object(path: Path, expected: str = "a JSON object") -> dict[str, Any]:
    """RETURNS (dict): The object of a JSON file. RAISES (ValueError): As `read_json`, and if it is
    something else."""
    value = read_json(path, expected)
    if not isinstance(value, dict):
        raise ValueError(f"{path}: expected {expected}, found {name_kind(value)}")
    return value


def read_objects(path: Path, expected: str = "a JSON object") -> list[dict[str, Any]]:
    """Read a JSONL file, which is packed if its name ends in .gz.

    expected (str): What each line should be, for the message.
    RETURNS (list[dict]): The objects, one a line.
    RAISES (ValueError): If there is no such file, it is damaged, or a line is something else; with
        the path and the number of the line.
    """
    _check_file(path, f"lines, each {expected}")
    found = []
    for number, line in enumerate(_read_lines(path), start=1):
        where = f"{path}: line {number}"
        with _naming(where, expected):
            # the byte order mark of each file, where several were joined, is no part of it
            value = json.loads(line.decode("utf-8-sig"))
        if not isinstance(value, dict):
            raise ValueError(f"{where}: expected {expected}, found {name_kind(value)}")
        found.append(value)
    return found


def read_yaml(path: Path, expected: str = "YAML") -> Any:
    """Read a YAML file.

    expected (str): What it should be, for the message.
    RETURNS (Any): Its value.
    RAISES (ValueError): If there is no such file, it is no YAML, or of more than `MOST_VALUES`
        values; with the path.
    """
    return _read(path, expected, parse_yaml)


def parse_yaml(text: str) -> Any:
    """RETURNS (Any): What the YAML holds. RAISES (ValueError): If it is none, or too large."""
    import srsly

    try:
        _check_size(text)
        return srsly.yaml_loads(text)
    except _import_yaml("error").YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None


def describe_faults(error: ValidationError, where: object = "") -> str:
    """RETURNS (str): The faults that pydantic found, each with its place.

    where (object): The file or option that all are in.
    """
    head = f"{where}: " if str(where) else ""
    return "; ".join(f"{head}{_describe(one)}" for one in error.errors())


@contextmanager
def reading(path: object, expected: str) -> Iterator[None]:
    """Around the code of libraries that reads or builds what a file describes: whatever they raise
    of a damaged one, from KeyError to their own exceptions, is a fault of the file. Nothing of
    ours that could have a bug belongs inside.

    path (object): The file or folder, or the block of a config. expected (str): What it should be.
    RAISES (ValueError): With the path, and the library's reason.
    """
    try:
        yield
    except RecursionError:
        reason = "it is nested too deeply"
    except OSError:
        raise
    except Exception as error:
        reason = describe_reason(error)
    else:
        return
    raise ValueError(f"{path}: expected {expected}; {reason}")


def describe_reason(error: Exception) -> str:
    """RETURNS (str): What a library says went wrong, in one line, with the kind of error where the
    text alone says little."""
    if isinstance(error, ConfigValidationError):
        places = (
            f"{' -> '.join(map(str, one.get('loc', ())))}: {one.get('msg', '')}".strip(": ")
            for one in error.errors or ()
        )
        text = f"{error.title or ''}: {error.desc or ''} {'; '.join(places)}".strip(": ")
    else:
        text = str(error)
    text = " ".join(text.split())
    text = text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"


def name_kind(value: Any) -> str:
    """RETURNS (str): What a value of JSON or YAML is, in words."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    kinds |= {int: "a number", float: "a number", type(None): "nothing"}
    return kinds.get(type(value), type(value).__name__)


def show(value: Any) -> str:
    """RETURNS (str): A value as Python writes it, without the end of a very long one."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _read(path: Path, expected: str, parse: Callable[[str], Any]) -> Any:
    _check_file(path, expected)
    with _naming(path, expected):
        # what editors of Windows put first is no part of it
        return parse(path.read_text(encoding="utf-8-sig"))


def _check_file(path: Path, expected: str) -> None:
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise ValueError(f"{path}: expected {expected}, found {found}")


@contextmanager
def _naming(where: object, expected: str) -> Iterator[None]:
    """Name the place of what is wrong in a text."""
    try:
        yield
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is no UTF-8"
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        # JSON's own errors, and a whole number of more than 4,300 digits
        reason = " ".join(str(error).partition("\n\nTo suppress")[0].split())
    else:
        return
    raise ValueError(f"{where}: expected {expected}, but {reason}")


def _read_lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE:
                    raise ValueError(f"{path}: expected lines of less than {LONGEST_LINE:,} bytes")
                yield line
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: expected a whole file of gzip, but {error}") from None


def _check_size(text: str) -> None:
    """Count the values that the aliases would make, before any is made."""
    events = _import_yaml("events")
    sizes: dict[str, int] = {}
    open_sizes: list[tuple[str | None, int]] = [(None, 0)]
    for event in _import_yaml("main").YAML(typ="safe", pure=True).parse(text):
        size, anchor = 0, None
        if isinstance(event, events.CollectionStartEvent):
            open_sizes.append((event.anchor, 0))
            if len(open_sizes) > MOST_NESTED:
                raise ValueError(f"it is nested more than {MOST_NESTED} deep")
            continue
        if isinstance(event, events.ScalarEvent):
            size, anchor = 1, event.anchor
        elif isinstance(event, events.CollectionEndEvent):
            anchor, inner = open_sizes.pop()
            size = inner + 1
        elif isinstance(event, events.AliasEvent):
            if event.anchor not in sizes:
                raise ValueError(f"the alias *{event.anchor} has no complete value before it")
            size = sizes[event.anchor]
        if anchor is not None:
            sizes[anchor] = size
        around, total = open_sizes[-1]
        open_sizes[-1] = around, total + size
        if total + size > MOST_VALUES:
            raise ValueError(f"it has more than {MOST_VALUES:,} values, aliases counted")


def _import_yaml(module: str) -> Any:
    # by name: for mypy, the types of this part of srsly would be those of all of it
    return import_module(f"srsly.ruamel_yaml.{module}")


def _describe(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "value_error":
        return f"{place}: {message}" if place else message
    if error["type"] == "missing":
        return f"{place}: {message}"
    return f"{place}: {message}, got {show(error['input'])}"
