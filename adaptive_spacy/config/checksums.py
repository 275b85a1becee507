"""Checksums beside a pipeline's files, so that a byte that was flipped, or an end that is missing,
is found when the pipeline is loaded: weights look as good with it, and predict something else.

They are of a folder as it was written as a whole. spaCy's `nlp.to_disk`, which writes a part after
the other over what is there, has none, and makes those that are there void.
"""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from thinc.api import Config

from adaptive_spacy.hashing import hash_file
from adaptive_spacy.parsing import read_object

CHECKSUMS = "checksums.json"
#: Tells our file from another of that name
KIND = "sha256 of a pipeline's files"
CONFIG, META = "config.cfg", "meta.json"
#: Of a packaged pipeline: for people alone
CARD = "README.md"
#: Of meta.json in a sealed pipeline: spaCy writes none, and what lost a byte is not taken for that
END = b"\n\n"
#: People change these by hand, which is no damage
EDITED = (CONFIG, META)
#: Factory of pipes that call `unseal`
UNSEALS = "transformer_ner"
#: The pipeline that is being loaded, and was compared before
_compared: ContextVar[Path | None] = ContextVar("compared", default=None)


def seal(pipeline: Path) -> None:
    """Write down what the files of a pipeline are now, but for its card. Its meta.json gets an end
    of our own.

    pipeline (Path): Its folder.
    """
    meta = pipeline / META
    if meta.is_file() and not meta.read_bytes().endswith(END):
        meta.write_bytes(meta.read_bytes().rstrip() + END)
    found = {
        path.relative_to(pipeline).as_posix(): _hash(path)
        for path in sorted(pipeline.rglob("*"))
        if path.is_file() and path not in (pipeline / CHECKSUMS, pipeline / CARD)
    }
    text = json.dumps({KIND: found}, indent=1, ensure_ascii=False)
    (pipeline / CHECKSUMS).write_text(text, encoding="utf8")


def unseal(pipeline: Path) -> None:
    """A part of a pipeline is written anew: what is there no longer tells of it."""
    try:
        ours = bool(_read(pipeline))
    except ValueError:
        return
    if ours:
        (pipeline / CHECKSUMS).unlink()


@contextmanager
def comparing(pipeline: Path) -> Iterator[None]:
    """A context in which a pipeline is loaded. Its files are compared before, and not again by its
    components: reading all of them takes a while.

    pipeline (Path): Its folder.
    RAISES (ValueError): See `require_unchanged`.
    """
    require_unchanged(pipeline)
    token = _compared.set(pipeline.resolve())
    try:
        yield
    finally:
        _compared.reset(token)


def require_unchanged(pipeline: Path) -> None:
    """Compare a pipeline's files with its checksums. Without any, and for files that came later,
    nothing is known. Warns of what people may have changed.

    pipeline (Path): Its folder.
    RAISES (ValueError): If another file is missing or is not what was written.
    """
    if pipeline.resolve() == _compared.get():
        return
    expected = _read(pipeline)
    changed = [name for name, one in expected.items() if _hash(pipeline / name) != one]
    if META in changed and _is_spacys(pipeline / META):
        # `spacy package` writes it anew, `nlp.to_disk` all of them
        changed.remove(META)
        if not _unseals(pipeline):
            return
    if damaged := [name for name in changed if name not in EDITED]:
        raise ValueError(
            f"{pipeline}: {', '.join(damaged)}: not what was written, as {CHECKSUMS} tells: "
            "damaged, cut off or missing. Copy the pipeline anew, or take the other checkpoint; if "
            f"you changed it yourself, remove {CHECKSUMS}"
        )
    for name in changed:
        warnings.warn(
            f"{pipeline / name}: changed since the pipeline was written, as {CHECKSUMS} tells; if "
            f"not by you, it is damaged: copy it anew. If by you, remove {CHECKSUMS}",
            # of this place, so that it is said once, whoever asks
            stacklevel=1,
        )


def _unseals(pipeline: Path) -> bool:
    """Whether a component would have removed the checksums when spaCy wrote the pipeline anew."""
    try:
        components = Config().from_disk(pipeline / CONFIG, interpolate=False)["components"]
    except (ValueError, OSError, KeyError):
        return True
    return any(one.get("factory") == UNSEALS for one in components.values())


def _is_spacys(meta: Path) -> bool:
    """Whether spaCy wrote a meta.json over that of a sealed pipeline: whole, without our end."""
    try:
        read_object(meta)
    except (ValueError, OSError):
        return False
    return meta.read_bytes().endswith(b"}")


def _read(pipeline: Path) -> dict[str, Any]:
    """RETURNS (dict): The checksums by file; empty: there are none of ours.
    RAISES (ValueError): If they are damaged."""
    path = pipeline / CHECKSUMS
    found = read_object(path, "the checksums of a pipeline").get(KIND) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def _hash(path: Path) -> str | None:
    """RETURNS (str | None): SHA-256 of a file; None: there is none."""
    return hash_file(path) if path.is_file() else None
