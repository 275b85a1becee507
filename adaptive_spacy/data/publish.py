"""Put new files in place of old ones: all of them or, after an error, none."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SHARD = re.compile(r"\d{3,}\.spacy")


@contextmanager
def aside(output: Path) -> Iterator[Path]:
    """Make a folder to write to, which is gone at the end whatever happens.

    output (Path): Where its content is to go later.
    YIELDS (Path): The folder.
    """
    # inside of a folder that exists: beside it may be another file system, or not writable
    beside = output if output.exists() else output.parent
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside, prefix=f".{output.name}-") as temporary:
        folder = Path(temporary) / "new"
        folder.mkdir()  # with the usual permissions; those of a temporary folder are strict
        yield folder


def publish(folder: Path, output: Path) -> None:
    """Move splits to where they belong; those of the same names are replaced, others stay.

    folder (Path): A folder of `aside`, with NAME.spacy or NAME/000.spacy, ... for each split.
    output (Path): The folder that they go to.
    RAISES (ValueError): Something of the same name that no conversion has written.
    """
    if not output.exists():
        folder.rename(output)
        return
    former = [old for new in sorted(folder.iterdir()) for old in find_former(new, output)]
    moved: list[tuple[Path, Path]] = []
    kept = folder.parent / "old"
    kept.mkdir()
    try:
        for path in former:
            moved.append((path, path.rename(kept / path.name)))
        for path in sorted(folder.iterdir()):
            moved.append((path, path.rename(output / path.name)))
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        raise


def find_former(new: Path, output: Path) -> list[Path]:
    """RETURNS (list[Path]): What holds the split so far: a file, a folder of shards, or both.
    RAISES (ValueError): If it is something else."""
    name = new.name.removesuffix(".spacy")
    file, shards = output / f"{name}.spacy", output / name
    if file.is_dir():
        raise ValueError(f"{file}: expected a file to replace, found a folder")
    found = [file] if file.exists() else []
    if is_shards(shards):
        found.append(shards)
    elif shards.exists() and new.is_dir():
        raise ValueError(
            f"{shards}: expected a folder of shards such as 000.spacy to replace, found something "
            "else"
        )
    return found


def is_shards(path: Path) -> bool:
    """Whether a path is a folder of shards and nothing else."""
    found = list(path.iterdir()) if path.is_dir() else []
    return bool(found) and all(SHARD.fullmatch(one.name) and one.is_file() for one in found)


def list_others(output: Path, splits: Collection[str]) -> list[str]:
    """RETURNS (list[str]): What else lies in a folder of splits, beside these splits."""
    return [
        path.name
        for path in sorted(output.iterdir())
        if path.name.removesuffix(".spacy") not in splits
        and ((path.suffix == ".spacy" and path.is_file()) or is_shards(path))
    ]
