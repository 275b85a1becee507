"""What optimizers remember: thinc's own, and `adaptive_spacy.AdamW.v1`."""

from pathlib import Path
from typing import Any

from spacy.language import Language
from thinc.api import Optimizer, xp2torch
from torch.nn import Parameter

from adaptive_spacy.training.optimizer import MOMENTS, AdamW
from adaptive_spacy.training.resume.parameters import KeyT, as_array, keys, live
from adaptive_spacy.training.resume.resumable import Resumable
from adaptive_spacy.training.rowwise_adamw import TouchedRows

#: What thinc's optimizers draw from schedules
RATES = ("learn_rate", "b1", "b2", "eps", "L2", "grad_clip")
#: What they keep for each parameter
KEPT = ("mom1", "mom2", "averages")
COUNTS = ("nr_update", "last_seen")


def save_optimizer(optimizer: Optimizer, nlp: Language) -> dict[str, Any]:
    """RETURNS (dict): The state after an update.
    RAISES (ValueError): If it knows parameters that are none of the components' networks.
    """
    names = keys(nlp)
    state: dict[str, Any] = {"rates": {one: float(getattr(optimizer, one)) for one in RATES}}
    for kept in (*KEPT, *COUNTS):
        table = getattr(optimizer, kept)
        if table is not None:
            state[kept] = {_name(key, names): value for key, value in table.items()}
    state["schedules"] = {
        name: schedule.save_state(nlp) if isinstance(schedule, Resumable) else None
        for name, schedule in optimizer.schedules.items()
    }
    if isinstance(optimizer, AdamW):
        state["adamw"] = _save_adamw(optimizer, names)
    return state


def load_optimizer(
    optimizer: Optimizer, nlp: Language, state: dict[str, Any], updates: int, output: Path | None
) -> None:
    """Go on from a state.

    updates (int): Updates made until then: schedules of others are drawn from that often.
    RAISES (ValueError): If a schedule gives another value than then.
    """
    known = {name: key for key, name in keys(nlp).items()}
    arrays = live(nlp)
    for kept in KEPT:
        if kept in state:
            table = getattr(optimizer, kept)
            for name, value in state[kept].items():
                table[known[name]] = as_array(value, arrays[name])
    for kept in COUNTS:
        getattr(optimizer, kept).update({known[one]: n for one, n in state[kept].items()})
    _load_schedules(optimizer, nlp, state, updates, output)
    for name, value in state["rates"].items():
        setattr(optimizer, name, value)
    if isinstance(optimizer, AdamW):
        _load_adamw(optimizer, known, arrays, state["adamw"])


def _load_schedules(
    optimizer: Optimizer, nlp: Language, state: dict[str, Any], updates: int, output: Path | None
) -> None:
    for name, schedule in optimizer.schedules.items():
        if isinstance(schedule, Resumable):
            schedule.load_state(nlp, state["schedules"][name], output)
    others = {
        name: one for name, one in optimizer.schedules.items() if not isinstance(one, Resumable)
    }
    for _ in range(updates):
        for name, schedule in others.items():
            setattr(optimizer, name, next(schedule, getattr(optimizer, name)))
    for name in others:
        if float(getattr(optimizer, name)) != state["rates"][name]:
            raise ValueError(
                f"[training.optimizer] {name}: expected {state['rates'][name]} after {updates} "
                f"updates, as before, got {getattr(optimizer, name)}: the schedule depends on more "
                "than the number of updates, and cannot be resumed"
            )


def _save_adamw(optimizer: AdamW, names: dict[KeyT, str]) -> dict[str, Any]:
    groups = {
        id(one): group
        for group in (optimizer.adamw.param_groups if optimizer.adamw else ())
        for one in group["params"]
    }
    parameters = []
    for key, parameter in optimizer.parameters.items():
        group, touched = groups[id(parameter)], optimizer.touched.get(key)
        parameters.append(
            {
                "name": _name(key, names),
                "lr_scale": float(group["lr_scale"]),
                "rows": None if touched is None else touched.rows,
                # torch makes the state of a parameter in its first step
                "state": dict(optimizer.adamw.state.get(parameter, {})) if optimizer.adamw else {},
            }
        )
    counts = {"steps": optimizer.steps, "setbacks": optimizer.setbacks}
    return {**counts, "parameters": parameters}


def _load_adamw(
    optimizer: AdamW, known: dict[str, KeyT], arrays: dict[str, Any], state: dict[str, Any]
) -> None:
    optimizer.steps, optimizer.setbacks = state["steps"], state["setbacks"]
    for saved in state["parameters"]:
        key, array = known[saved["name"]], arrays[saved["name"]]
        parameter = array if isinstance(array, Parameter) else Parameter(xp2torch(array))
        if saved["rows"] is not None:
            touched = optimizer.touched[key] = TouchedRows(parameter)
            touched.add(saved["rows"].to(parameter.device))
            parameter = touched.values
        optimizer.add(key, parameter, saved["lr_scale"])
        assert optimizer.adamw is not None
        if saved["state"]:
            optimizer.adamw.state[parameter] = {
                name: value.to(parameter.device) if name in MOMENTS or parameter.is_cuda else value
                for name, value in saved["state"].items()
            }


def _name(key: Any, names: dict[KeyT, str]) -> str:
    if key not in names:
        raise ValueError(
            f"[training.optimizer] knows {key}, which is a parameter of no component's model: this "
            "training cannot be resumed"
        )
    return names[key]
