"""What `{stop_of: APPROACH}` counts: rounds, which must be as long for who takes their number."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adaptive_spacy.config.names import STEPS
from adaptive_spacy.experiments.job import STOP_OF, Job, waits

#: What makes a round of `steps.v1` as long as another, on the same corpus
LENGTH = {"epochs": 1.0, "times": 1, "least": None, "most": None, "dev": None}
#: Stands for a number of rounds, to see where it goes; no config has it
SOMEWHERE = 999_983


def require_same_rounds(job: Job, jobs: Sequence[Job]) -> None:
    """Refuse a number of rounds that would be another length in the job that takes it. Batches are
    not compared.

    job (Job): A job that may wait for others' stops.
    jobs (Sequence[Job]): All jobs.
    RAISES (ValueError): If what it waits for counts other rounds.
    """
    for key, value in job.settings.items():
        if not waits(value):
            continue
        needed = value[STOP_OF]
        source = next((one for one in jobs if one.approach == needed), None)
        if source is None:
            continue
        theirs = _describe(_training(source)["eval_frequency"])
        stops = {one: SOMEWHERE if one == needed else 1 for one in job.needs}
        for where, own in _lengths(_training(job.with_stops(stops))):
            if own != theirs:
                raise ValueError(
                    f"approaches.{job.approach}.settings: {key}: expected rounds like those of "
                    f"{needed}, which {STOP_OF} counts, in its [training] eval_frequency "
                    f"{theirs}; got others, in [training] {where} {own}"
                )


def _training(job: Job) -> dict[str, Any]:
    training: dict[str, Any] = job.make_config().interpolate()["training"]
    return training


def _lengths(training: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """YIELDS (tuple[str, str]): Where the number of rounds goes, and how long one of them is
    there."""
    for path, block in _places(training):
        name = path[-1]
        if block.get("@misc") == STEPS:
            yield ".".join(path[:-1]), _describe({**block, name: LENGTH.get(name)})
        elif name == "total":
            yield "eval_frequency", _describe(training["eval_frequency"])
        else:
            yield name, _describe({"@misc": STEPS} if name == "max_epochs" else 1)


def _places(
    block: Mapping[str, Any], *path: str
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for name, value in block.items():
        if isinstance(value, Mapping):
            yield from _places(value, *path, name)
        elif value == SOMEWHERE:
            yield (*path, name), block


def _describe(interval: Any) -> str:
    """RETURNS (str): The length of a round, the same for the same one."""
    if not isinstance(interval, Mapping) or interval.get("@misc") != STEPS:
        return f"({interval} updates)" if isinstance(interval, int) else f"({interval})"
    length = {key: interval.get(key, default) for key, default in LENGTH.items()}
    length["epochs"] = float(length["epochs"])
    # as null does
    length["least"] = None if length["least"] == 1 else length["least"]
    length["dev"] = "yes" if length["dev"] else None
    said = (f"{key} {'null' if one is None else one}" for key, one in length.items())
    return f"({', '.join(said)})"
