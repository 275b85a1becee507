"""Whether the metrics that a training follows are reported, and can be followed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from adaptive_spacy.config.guarding import WATCHED
from adaptive_spacy.config.metrics import is_table
from adaptive_spacy.config.monitor import Monitor, list_weights, name_metrics
from adaptive_spacy.ner.scorer import MEASURED, own_name

if TYPE_CHECKING:
    from spacy.language import Language

#: Reported by spaCy itself, without a pipe
BUILT_IN_METRICS = {"token_acc", "token_p", "token_r", "token_f", "speed"}


def same_ranking(monitor: Monitor, score_weights: dict[str, float | None]) -> bool:
    main = _weighted(score_weights)
    monitors = list_weights(monitor, score_weights)
    if len(monitors) > 1:
        return False
    own = {m: w for m, w in monitors[0].items() if w}
    total = sum(abs(weight) for weight in own.values())
    main_total = sum(abs(weight) for weight in main.values())
    # spaCy rounds the weights to two digits
    return own.keys() == main.keys() and all(
        abs(own[m] / total - main[m] / main_total) < 0.02 for m in own
    )


def find_metric_faults(
    nlp: "Language",
    score_weights: dict[str, float | None],
    monitor: Monitor,
    watched: Sequence[str] = (),
) -> Iterator[str]:
    """Metrics that nobody reports, or that cannot be followed.

    score_weights (dict): `[training.score_weights]`.
    monitor (Monitor): As the config has it.
    watched (Sequence[str]): What guards watch.
    YIELDS (str): One line each.
    """
    own = _own_names(nlp)
    scores = (nlp.get_pipe_meta(pipe).scores for pipe in nlp.component_names)
    declared = BUILT_IN_METRICS.union(*own.values(), *scores)
    monitored = set(name_metrics(list_weights(monitor)))
    weighted = _weighted(score_weights)
    yield from _shared_loss_faults(own, {*monitored, *weighted})
    yield from _merged_token_faults(nlp, own, {*monitored, *weighted})
    named = ", ".join(sorted(metric for metric in declared if not is_table(metric)))
    for metric in sorted(weighted.keys() - declared):
        yield f"[training.score_weights] {metric}: no pipe reports it; expected one of {named}"
    for metric in sorted(monitored - declared):
        yield f"[training.before_update] monitor: no pipe reports {metric}; expected {named}"
    yield from _table_faults(weighted.keys(), monitored, named)
    for metric in watched:
        # one that is not in the weights is refused for that
        if metric in score_weights and metric not in declared:
            yield f"{WATCHED}: no pipe reports {metric}; expected {named}"
    for metric in sorted(monitored - score_weights.keys()):
        yield (
            f"[training.score_weights] {metric}: expected a weight, or null to report it only, "
            "because [training.before_update] monitors it"
        )
    signs = {weight > 0 for weight in weighted.values()}
    if len(signs) > 1:
        yield (
            f"[training.score_weights]: expected weights of one sign, got {weighted}: spaCy "
            "divides them by their sum"
        )
    for metric, weight in weighted.items():
        if abs(weight) < 0.01:
            yield (
                f"[training.score_weights] {metric}: expected a weight of at least 0.01, got "
                f"{weight}: spaCy rounds to two digits"
            )
    for pipe in nlp.component_names:
        if f"{pipe}_loss" in {*weighted, *monitored, *_reported(nlp, pipe)}:
            yield (
                f"[components.{pipe}]: expected another name: spaCy writes this pipe's training "
                f"loss over the metric {pipe}_loss"
            )


def _weighted(score_weights: dict[str, float | None]) -> dict[str, float]:
    return {m: w for m, w in score_weights.items() if w}


def _table_faults(weighted: Iterable[str], monitored: Iterable[str], named: str) -> Iterator[str]:
    for metric in sorted(filter(is_table, weighted)):
        yield f"[training.score_weights] {metric}: expected null, as it is no number"
    for metric in sorted(filter(is_table, monitored)):
        yield f"[training.before_update] monitor: {metric} is no number; expected {named}"


def _own_names(nlp: "Language") -> dict[str, list[str]]:
    """RETURNS (dict): For each metric that a `transformer_ner` measures itself, what each reports
    it as by its own name, which no factory can declare."""
    pipes = [p for p in nlp.component_names if nlp.get_pipe_meta(p).factory == "transformer_ner"]
    return {metric: [own_name(metric, pipe) for pipe in pipes] for metric in MEASURED}


def _shared_loss_faults(own: dict[str, list[str]], used: set[str]) -> Iterator[str]:
    """Several `transformer_ner` write the one `ents_loss` and what is made of it; each has its own
    beside it."""
    for metric, names in own.items():
        if len(names) > 1 and metric in used:
            yield (
                f"[training] {metric}: expected one of {', '.join(names)} in monitor and "
                f"score_weights, as {len(names)} pipes report this metric, and the last one stays"
            )


def _merged_token_faults(
    nlp: "Language", own: dict[str, list[str]], used: set[str]
) -> Iterator[str]:
    """What is measured by token, in front of a pipe that changes the tokens: spaCy takes what could
    not be measured for 0, the best loss that there is."""
    names = nlp.component_names
    ours = [pipe for pipe in names if nlp.get_pipe_meta(pipe).factory == "transformer_ner"]
    behind = names[names.index(ours[0]) + 1 :] if ours else []
    for pipe in behind:
        if not nlp.get_pipe_meta(pipe).retokenizes:
            continue
        for metric in sorted(used & own.keys() | used & {*chain(*own.values())}):
            yield (
                f"[training] {metric}: expected other metrics in monitor and score_weights, as it "
                f"cannot be measured in front of [components.{pipe}], which changes the tokens; or "
                "add that pipe to the trained pipeline"
            )


def _reported(nlp: "Language", pipe: str) -> set[str]:
    """Metrics of the other pipes."""
    return set().union(*(nlp.get_pipe_meta(p).scores for p in nlp.component_names if p != pipe))
