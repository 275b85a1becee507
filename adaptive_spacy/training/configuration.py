"""The config of one training: a method's config with what is decided for this run written in."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from spacy.util import load_config
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.config.edits import name_of
from adaptive_spacy.config.overrides import parse_overrides
from adaptive_spacy.config.requirements import require_language
from adaptive_spacy.config.settings import find
from adaptive_spacy.data.spacy_files import locate
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import describe_reason

SPLITS = ("train", "dev")


def configure(
    path: Path, output: Path, arguments: list[str], *, corpus: Path, lang: str | None = None
) -> None:
    """Write the config that `check` checks and `spacy train` trains, both without an override.

    path (Path): The config of a method, e.g. configs/adaptive.cfg.
    output (Path): The config to write.
    arguments (list[str]): Overrides as on the command line, e.g. ["--variables.rate", "5e-5"].
    corpus (Path): Folder of train.spacy and dev.spacy, or of their shards.
    lang (str | None): The language of the corpus; None: as the config says.
    RAISES (ValueError): If something is missing, cannot be read, or contradicts the language.
    """
    if not path.is_file():
        raise ValueError(f"{path}: expected a config of spaCy, found nothing")
    paths = {f"paths.{split}": corpus / f"{split}.spacy" for split in SPLITS}
    missing = [str(split) for split in paths.values() if not locate(split).exists()]
    if missing:
        raise ValueError(f"expected {' and '.join(missing)}, found nothing; convert them first")
    try:
        given = parse_overrides(arguments, "configure", "--variables.rate")
        if twice := sorted(given.keys() & paths.keys()):
            raise ValueError(f"--{twice[0]}: expected --corpus alone, which says where the data is")
        asked = given.setdefault("nlp.lang", lang)
        if lang is not None and asked != lang:
            raise ValueError(f"--nlp.lang: expected {lang}, the language of the data, got {asked}")
        if asked is not None:
            require_language(asked, "--nlp.lang" if lang is None else "--lang")
        overrides = {key: place.as_posix() for key, place in paths.items()}
        overrides |= {key: value for key, value in given.items() if value is not None}
        config = load_config(path, overrides=overrides, interpolate=False)
        read = {split: str(overrides[f"paths.{split}"]) for split in SPLITS}
        _require_read(config.interpolate(), read)
    except ConfigValidationError as error:
        raise ValueError(f"{path}: {describe_reason(error)}") from None
    with replacing(output) as aside:
        config.to_disk(aside)


def _require_read(config: Config, paths: Mapping[str, str]) -> None:
    """RAISES (ValueError): If a corpus of the training is read from elsewhere, as where its path is
    written out."""
    for split, path in paths.items():
        name = find(config, "training").get(f"{split}_corpus", f"corpora.{split}")
        block = find(config, name) or find(config, "corpora")
        if path not in _texts(block):
            raise ValueError(
                f"[{name}]: expected it to read ${{paths.{split}}}, so that --corpus says what is "
                f"trained on, got {block.get('path') or name_of(block)}"
            )


def _texts(value: Any) -> Iterator[str]:
    """YIELDS (str): The texts in a block, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)
