"""The files and folders that a config names.

A text of a config may be called like a file here without meaning it: a label like a folder, a
language, a full stop. What counts depends on where it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.util import is_package

from adaptive_spacy.data.spacy_files import locate

PATHS, CORPORA, INITIALIZE = "paths", "corpora", "initialize"
#: Where only paths and files with a suffix count, and where nothing does
ELSEWHERE, WRITTEN = "elsewhere", "written"
#: Keys of a config whose texts may name files
FILES = ("path", "vectors", "init_tok2vec", "vocab_data", "source", "name")
#: Blocks all of whose texts may
BLOCKS = (PATHS,)
#: Sections of which a training reads whatever they name
READ = (PATHS, CORPORA, INITIALIZE, "nlp", "components", "training")
#: What is called after updates, and writes what it names unless a reader has it
WRITING = ("before_update", "before_to_disk", "logger")
#: Keys whose texts are choices, or folders that are written
OTHERWISE = ("lang", "units", "cache_dir")


def find_named(config: Mapping[str, Any], inside: bool = False) -> Iterator[str]:
    """YIELDS (str): Files and folders that a config names under the keys that spaCy's and our
    functions have for them. Of a sweep's jobs only these are looked at: they are part of their
    identities, by which records of before are found."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from find_named(value, key in BLOCKS)
        elif isinstance(value, str | Path) and (inside or key in FILES):
            path = _find(value)
            if path is not None and (inside or _means_path(key, str(value), config)):
                yield path.as_posix()


def find_others(config: Mapping[str, Any]) -> Iterator[str]:
    """YIELDS (str): Files and folders that a config names in other places, as for a reader of
    one's own: in what a training reads, under any key, in lists too."""
    for section in READ:
        yield from _find_inside(section, section, config.get(section))


def _find_inside(section: str, key: str, value: Any) -> Iterator[str]:
    """YIELDS (str): Files and folders that a value names; `section` is where it stands."""
    if isinstance(value, Mapping):
        if "@readers" in value:
            section = CORPORA
        elif key in WRITING:
            section = WRITTEN
        for inner, one in value.items():
            yield from _find_inside(section, inner, one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _find_inside(_section_of(section, value), key, one)
    elif isinstance(value, str | Path) and _may_name(section, key):
        path = _find(value)
        if path is not None and not _is_around(path) and _is_meant(section, str(value), path):
            yield path.as_posix()


def _section_of(section: str, values: Sequence[Any]) -> str:
    """RETURNS (str): As what the values of a list count: of labels, hardly each is called like a
    file or folder here."""
    if section in (WRITTEN, PATHS):
        return section
    texts = [one for one in values if isinstance(one, str | Path)]
    return CORPORA if section == CORPORA and all(map(_find, texts)) else ELSEWHERE


def _may_name(section: str, key: str) -> bool:
    return section != WRITTEN and not key.startswith("@") and key not in OTHERWISE


def _find(value: str | Path) -> Path | None:
    """RETURNS (Path | None): The file or folder here that is called so, if there is one."""
    try:
        path = locate(value) if str(value) else None
        if path is None or not path.exists():
            return None
        whole = path.resolve()
    except OSError:
        # among them texts that are too long for a name
        return None
    # of the root, all that there is, nobody learns, and its checksum would never be done
    return path if whole != whole.parent else None


def _is_around(path: Path) -> bool:
    """RETURNS (bool): Whether it is the folder that one works in, or around it, as a full stop
    is called: what else lies there is no part of a training."""
    here = Path.cwd()
    return path.resolve() in (here, *here.parents)


def _is_bare(value: str) -> bool:
    """RETURNS (bool): Whether it is a mere name, and no path."""
    return len(Path(value).parts) == 1 and not value.startswith(".")


def _is_meant(section: str, value: str, path: Path) -> bool:
    """RETURNS (bool): Whether a text that a file or folder here is called by means it."""
    if not _is_bare(value) or section in (PATHS, CORPORA):
        return True
    if section == INITIALIZE:
        # spaCy takes a package of this name first
        return not is_package(value)
    return path.is_file() and bool(path.suffix)


def _means_path(key: str, value: str, block: Mapping[str, Any]) -> bool:
    """RETURNS (bool): The same of a key that may name files."""
    if not _is_bare(value):
        return True
    if key in ("source", "vectors"):
        # spaCy takes a package of this name first
        return not is_package(value)
    # to transformers a folder comes first; otherwise a name is a name
    return key != "name" or "@architectures" in block
