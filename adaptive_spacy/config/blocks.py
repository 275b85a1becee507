"""Reading a config that is not resolved yet."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from spacy.util import load_model_from_config, registry
from thinc.api import Config

from adaptive_spacy.config.names import ADAPT, SCHEDULES, TOK2VEC, TRANSFORMER

#: What `require_blocks` expects
BUILDS = "a config that spaCy can build a pipeline of"


def find_blocks(config: Any, kind: str, name: str) -> list[dict[str, Any]]:
    """Find the blocks that call a registered function, at any depth.

    config (Any): A config, a block of it or a value.
    kind (str): Name of the registry, e.g. "schedules".
    name (str): Registered name, e.g. "adaptive_spacy.adaptive.v1".
    RETURNS (list[dict]): The blocks themselves, outer ones first.
    """
    return [block for block in _walk(config) if block.get(f"@{kind}") == name]


def find_adapt(training: Mapping[str, Any]) -> dict[str, Any] | None:
    """RETURNS (dict | None): The block of the callback that tells the schedule of evaluations,
    wherever in the chain of callbacks it stands."""
    found = find_blocks(training.get("before_update"), "callbacks", ADAPT)
    return found[0] if found else None


def find_schedules(training: Mapping[str, Any]) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The blocks of our schedules in `[training.optimizer]`."""
    return [
        block
        for name in SCHEDULES
        for block in find_blocks(training["optimizer"], "schedules", name)
    ]


def find_wrapped_schedules(training: Mapping[str, Any]) -> list[tuple[str, str]]:
    """RETURNS (list[tuple[str, str]]): Schedules of others in `[training.optimizer]` that have one
    of ours inside of them, and that one, by their registered names."""
    return [
        (str(outer["@schedules"]), name)
        for outer in _walk(training["optimizer"])
        for name in SCHEDULES
        if outer.get("@schedules", name) not in SCHEDULES and find_blocks(outer, "schedules", name)
    ]


def find_transformers(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The blocks of our transformers in `[components]`: those that components
    share and those inside of one, as `nlp.replace_listeners` leaves them."""
    return [
        block
        for name in (TRANSFORMER, TOK2VEC)
        for block in find_blocks(config.get("components"), "architectures", name)
    ]


def is_made_at_once(config: Mapping[str, Any], name: str) -> bool:
    """RETURNS (bool): Whether what a dotted name such as "corpora.train" stands for is made by one
    function for the whole section, as spaCy's `resolve_dot_names` has it: no block describes it."""
    return bool(registry.is_promise(config.get(name.partition(".")[0])))


def resolve_value(value: Any) -> Any:
    """RETURNS (Any): The value; if it is a promise, e.g. of `adaptive_spacy.steps.v1`, what that
    gives. Any whole number of `[training]` may be one."""
    return (
        registry.resolve({"value": dict(value)})["value"] if isinstance(value, Mapping) else value
    )


def require_blocks(config: Config) -> None:
    """Refuse what spaCy refuses when a training begins: unknown functions, components and
    arguments, and values of another type. Needs neither corpora nor the transformer.

    config (Config): An interpolated training config.
    RAISES (ValueError): Also what else is raised by what makes a component.
    """
    try:
        _build(config.to_str())
    except OSError as error:
        # a pipeline that a component comes from is not there
        raise ValueError(str(error)) from None


@functools.lru_cache(maxsize=1024)
def _build(text: str) -> None:
    config = load_model_from_config(Config().from_str(text), auto_fill=True).config.interpolate()
    # what is made of these blocks would need the corpora
    registry.fill({"corpora": config["corpora"], "training": config["training"]})


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _walk(inner)
