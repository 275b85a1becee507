"""What trainings read, which has to stay what it is until they are over: what was trained is no one
experiment otherwise, and not what its identity says."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from adaptive_spacy.experiments.job import Job, hash_transformer, locate_splits
from adaptive_spacy.files import replacing
from adaptive_spacy.hashing import hash_content
from adaptive_spacy.printable import listed
from adaptive_spacy.training.resume.identity import hash_named


def keep_config(jobs: Sequence[Job], folder: Path) -> list[Job]:
    """Copy the config of jobs, which share one, into a folder. RETURNS (list[Job]): The jobs, which
    read the copy: while they are trained, the file may be changed for what comes next."""
    kept = folder / "config.cfg"
    with replacing(kept) as aside:
        shutil.copyfile(jobs[0].config, aside)
    return [replace(job, config=str(kept)) for job in jobs]


def hash_inputs(jobs: Iterable[Job]) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksums of all that jobs read, by path."""
    found: dict[str, str] = {}
    for job in jobs:
        found |= hash_files([Path(job.config), *locate_splits(job.corpus).values()])
        found |= hash_named(job.make_config())
        found[job.transformer] = hash_transformer(job.transformer)
    return found


def hash_files(paths: Iterable[Path]) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksums of files and folders, by path."""
    return {str(path): hash_content(path) for path in paths}


def require_same(then: Mapping[str, str], now: Mapping[str, str]) -> None:
    """RAISES (ValueError): If a checksum is another one now; with the paths."""
    changed = sorted(path for path in {*then, *now} if then.get(path) != now.get(path))
    if changed:
        raise ValueError(
            f"{listed(changed)}: expected the same content until what reads it is trained, it was "
            "changed meanwhile: that is not one experiment. Give the same command again: what "
            "differs is trained again"
        )
