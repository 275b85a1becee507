"""What the records of a sweep do not have in common, which a comparison of them should not hide."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from confection import Config
from spacy.util import dict_to_dot

from adaptive_spacy.experiments.records import Record
from adaptive_spacy.parsing import reading
from adaptive_spacy.printable import one_line
from adaptive_spacy.report.comparison_runs import read_job

#: What a key of a job names, and the key of its definition with the content of that
NAMED = {"dataset": ("data set", "data"), "model": ("model", "transformer")}
#: Keys of a config that are the job's place in the grid
PLACE = ("system.seed", "nlp.lang", "variables.fraction")
#: What else an approach is, in a job's definition
TERMS = ("threads", "device", "train_on_dev", "dev", "folds", "longer")

#: Keys of a config that are named where many differ
SHOWN = 4


def describe_mixtures(
    versions: Mapping[str, Sequence[str]],
    contents: Sequence[str],
    settings: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    """What the functions below found, in words.

    YIELDS (str): A sentence for each package, for all names of several contents, and for all
        approaches that differ in the same.
    """
    for package, found in versions.items():
        if len(found) > 1:
            yield one_line(f"Mixed versions: {package} {', '.join(found)}.")
    if contents:
        names = one_line(", ".join(contents))
        yield f"Mixed contents: not all runs had the same files of {names}."
    approaches: dict[tuple[str, ...], list[str]] = {}
    for approach, keys in settings.items():
        approaches.setdefault(tuple(keys), []).append(approach)
    for differing, those in approaches.items():
        more = f" and {len(differing) - SHOWN} more" if len(differing) > SHOWN else ""
        yield one_line(
            f"Mixed settings: not all runs of {', '.join(those)} had the same "
            f"{', '.join(differing[:SHOWN])}{more}."
        )


def list_versions(records: Iterable[Record]) -> dict[str, list[str]]:
    """RETURNS (dict[str, list[str]]): Packages, with all versions that the records name."""
    used: dict[str, set[str]] = {}
    for record in records:
        for package, version in record["versions"].items():
            used.setdefault(package, set()).add(version)
    return {package: sorted(found) for package, found in used.items()}


def list_contents(records: Iterable[Record]) -> list[str]:
    """RETURNS (list[str]): What had other files in other records, such as "data set news": a model
    may have the name of a data set."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in records:
        for key, (kind, files) in NAMED.items():
            content = json.dumps(record["definition"].get(files), sort_keys=True)
            found[kind, record["job"][key]].add(content)
    names = sorted(name for name, contents in found.items() if len(contents) > 1)
    return [f"{kind} {name}" for kind, name in names]


def list_settings(records: Iterable[Record]) -> dict[str, list[str]]:
    """RETURNS (dict[str, list[str]]): Approaches that were not the same in all records, with what
    differs: dotted keys of their configs, and terms of the grid such as the folds."""
    runs: dict[str, list[tuple[Record, dict[str, str]]]] = defaultdict(list)
    for record in records:
        runs[record["job"]["approach"]].append((record, _describe(record["definition"])))
    mixed = {approach: _list_mixed(found) for approach, found in sorted(runs.items())}
    return {approach: keys for approach, keys in mixed.items() if keys}


def _list_mixed(runs: Sequence[tuple[Record, Mapping[str, str]]]) -> list[str]:
    """A number of rounds that was waited for may differ between cells, and nothing else."""
    waited = {key for record, _ in runs for key in _list_waited(record["job"])}
    cells = [read_job(record).cell for record, _ in runs]
    seen: dict[tuple[str, object], set[str | None]] = defaultdict(set)
    for key in dict.fromkeys(key for _, given in runs for key in given):
        for cell, (_, given) in zip(cells, runs, strict=True):
            seen[key, cell if key in waited else None].add(given.get(key))
    mixed = dict.fromkeys(key for (key, _), values in seen.items() if len(values) > 1)
    # a block that stands in some records where others have a value says no more than the value
    return [key for key in mixed if not any(key.startswith(f"{one}.") for one in mixed)]


def _list_waited(job: Mapping[str, Any]) -> list[str]:
    if "waited" in job:
        return list(job["waited"])
    # a record of before does not say; what was waited for is a whole number
    return [key for key, value in job["settings"].items() if type(value) is int]


def _describe(definition: Mapping[str, Any]) -> dict[str, str]:
    """RETURNS (dict[str, str]): What an approach is, by dotted key of its config or by term. A text
    that is no config, as records of others may have, is compared as a whole."""
    text = definition.get("config", "")
    try:
        with reading("definition.config", "a config"):
            found: dict[str, Any] = dict_to_dot(Config().from_str(text, interpolate=False))
    except ValueError:
        found = {"config": text}
    found = {key: value for key, value in found.items() if key not in PLACE}
    found |= {term: definition.get(term) for term in TERMS}
    return {key: json.dumps(value, sort_keys=True) for key, value in found.items()}
