"""What `{stop_of: APPROACH}` counts: rounds, which must be as long for who takes their number."""

from collections.abc import Mapping, Sequence
from typing import Any

from adaptive_spacy.config.names import STEPS
from adaptive_spacy.experiments.job import STOP_OF, Job, waits

#: What makes a round of `steps.v1` as long as another, on the same corpus
LENGTH = {"epochs": 1.0, "times": 1, "least": None, "most": None, "dev": None}


def require_same_rounds(job: Job, jobs: Sequence[Job]) -> None:
    """Refuse a number of rounds that would be another length in the job that takes it.

    job (Job): A job that may wait for others' stops.
    jobs (Sequence[Job]): All jobs.
    RAISES (ValueError): If what it waits for counts other rounds.
    """
    if not job.needs:
        return
    # with any stops: they are no part of a round
    training = _training(job.with_stops(dict.fromkeys(job.needs, 1)))
    for key, value in job.settings.items():
        if waits(value):
            source = next((one for one in jobs if one.approach == value[STOP_OF]), None)
            theirs = source and _describe(_training(source)["eval_frequency"])
            own = _describe(_block_of(key, training))
            if theirs is not None and theirs != own:
                raise ValueError(
                    f"approaches.{job.approach}.settings: {key}: expected rounds like those of "
                    f"{value[STOP_OF]}, which {STOP_OF} counts ({theirs}), got others ({own}): "
                    "bound both alike in [training.eval_frequency], or neither"
                )


def _training(job: Job) -> dict[str, Any]:
    training: dict[str, Any] = job.make_config().interpolate()["training"]
    return training


def _block_of(key: str, training: Mapping[str, Any]) -> Any:
    """RETURNS (Any): What a setting counts: `training.max_steps.times` its own steps, all others
    rounds."""
    section, _, name = key.removeprefix("training.").partition(".")
    block = training.get(section)
    if name == "times" and isinstance(block, Mapping) and section != "eval_frequency":
        return {**block, "times": 1}
    return training["eval_frequency"]


def _describe(interval: Any) -> str:
    """RETURNS (str): The length of a round, the same for the same one."""
    if not isinstance(interval, Mapping) or interval.get("@misc") != STEPS:
        return f"{interval} updates" if isinstance(interval, int) else str(interval)
    length = {key: interval.get(key, default) for key, default in LENGTH.items()}
    length["dev"] = "yes" if length["dev"] else None
    return ", ".join(f"{key} {'null' if one is None else one}" for key, one in length.items())
