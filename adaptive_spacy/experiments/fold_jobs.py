"""The adaptive trainings of the folds, as jobs of a sweep."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, DocBin
from spacy.util import get_lang_class
from thinc.api import Config

from adaptive_spacy.config.blocks import BUILDS, require_blocks
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.config.requirements import require_language
from adaptive_spacy.config.settings import find_setting_faults
from adaptive_spacy.data.readers.spacy_tokenizer import load_tokenizer
from adaptive_spacy.experiments.fixed_length import LONGER, require_length
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.parsing import reading
from adaptive_spacy.printable import listed

#: Settings that are not the caller's to give, as the folds decide them
DECIDED = (
    "paths.",
    "corpora.",
    "training.logger",
    "variables.fraction",
    "system.seed",
    "training.seed",
    "nlp.lang",
)
TRANSFORMER = "variables.transformer"


def make_jobs(
    corpora: Sequence[Path],
    *,
    config: Path,
    settings: Mapping[str, Any],
    seed: int,
    lang: str,
    threads: int,
    device: str,
) -> list[Job]:
    """RETURNS (list[Job]): An adaptive training per fold.
    RAISES (ValueError): If a setting contradicts the folds.
    """
    for key in settings:
        if key.startswith(DECIDED):
            raise ValueError(f"--{key}: expected a setting that the folds leave open")
    transformer = _transformer_of(config, settings)
    given = {key: value for key, value in settings.items() if key != TRANSFORMER}
    return [
        Job(
            approach="crossfit",
            config=str(config),
            settings=given,
            train_on_dev=False,
            search=None,
            dataset=corpus.name,
            corpus=str(corpus),
            lang=lang,
            model=Path(transformer).name,
            transformer=transformer,
            fraction=1.0,
            seed=seed,
            threads=threads,
            device=device,
        )
        for corpus in corpora
    ]


def _transformer_of(config: Path, settings: Mapping[str, Any]) -> str:
    """The transformer that the settings name, or else the config."""
    named = settings.get(TRANSFORMER)
    if named is None:
        variables = read_config(config, "a training config").get("variables", {})
        named = variables.get("transformer")
    if not isinstance(named, str):
        raise ValueError(
            f"{config}: expected [variables] transformer, a folder or a name of the hub, got "
            f"{named!r}"
        )
    return named


def settle_lang(docs: Sequence[Doc], lang: str | None) -> str:
    """Settle which language the pipeline is for.

    docs (Sequence[Doc]): The labelled docs; one of a plain vocab says no language.
    lang (str | None): What the caller says.
    RETURNS (str): A language of spaCy.
    RAISES (ValueError): If it has none of this code, or the docs are of another one or of several.
    """
    found = sorted({doc.lang_ for doc in docs if doc.lang_})
    if lang is not None:
        require_language(lang)
        # "deu" is "de"
        lang = get_lang_class(lang).lang
    if len({*found, *([] if lang is None else [lang])}) > 1:
        said = f"{lang}, as asked for, of docs in " if lang is not None else "docs in "
        raise ValueError(f"--lang: expected one language, got {said}{listed(found)}")
    settled = lang or (found[0] if found else "en")
    load_tokenizer(settled)
    return settled


def require_adaptive(job: Job) -> Config:
    """RETURNS (Config): That of a fold, interpolated.
    RAISES (ValueError): If it is broken, or its schedule is not adaptive, so that no fold could
        find a length, or the length could not be kept.
    """
    config = job.make_config().interpolate()
    for fault in find_setting_faults(config):
        raise ValueError(fault)
    with reading(job.config, BUILDS):
        require_blocks(config)
    require_length(config)
    return config


def identify(jobs: Sequence[Job], docs: Sequence[Doc]) -> str:
    """RETURNS (str): A hash of all that the result depends on."""
    labelled = DocBin(docs=docs, store_user_data=True).to_bytes()
    parts = [*(job.identity() for job in jobs), str(LONGER), hashlib.sha256(labelled).hexdigest()]
    text = "\n".join(parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
