"""Writes docs/reference.md from the entry points, signatures and docstrings.

    python -m docs.reference

Nothing in that page is written by hand but the texts of this module, so it is made anew whenever an
argument, a default or a docstring changes; a test compares the two.
"""

import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import typer
from spacy.language import Language
from typer.main import get_command

from docs.docstrings import document

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference.md"

#: Where a config takes what a group of entry points registers
PLACES = {
    "thinc_schedules": "`@schedules`, in `[training.optimizer.learn_rate]`",
    "spacy_callbacks": "`@callbacks`",
    "spacy_batchers": "`@batchers`, in `[training.batcher]`",
    "spacy_misc": "`@misc`",
    "thinc_optimizers": "`@optimizers`, in `[training.optimizer]`",
    "spacy_factories": "`factory`, in a block of `[components]`",
    "spacy_architectures": "`@architectures`, in the `model` of a component",
    "thinc_layers": "`@layers`",
    "spacy_scorers": "`@scorers`, in the `scorer` of a component",
    "spacy_readers": "`@readers`, in a block of `[corpora]`",
    "spacy_tokenizers": "`@tokenizers`, in `[nlp.tokenizer]`",
    "spacy_loggers": "`@loggers`, in `[training.logger]`",
}

#: Where exactly, for the names of groups that go to several places
BLOCKS = {
    "adaptive_spacy.adapt.v1": ", in `[training.before_update]`",
    "adaptive_spacy.check.v1": ", in `[initialize.before_init]`",
    "adaptive_spacy.checkpoint.v1": ", in `[training.before_to_disk]`",
    "adaptive_spacy.guard.v1": ", as `then` of `adaptive_spacy.adapt.v1`",
    "adaptive_spacy.steps.v1": ", for any whole number of `[training]`, as `eval_frequency`",
    "adaptive_spacy.piece_lengths.v1": ", as `lengths` of `adaptive_spacy.buckets.v1`",
    **dict.fromkeys(
        (f"adaptive_spacy.{name}.v1" for name in ("MLflow", "TensorBoard", "Wandb")),
        ", in `then` of `adaptive_spacy.Logger.v1`",
    ),
    "adaptive_spacy.first_piece.v1": ", as `pooling` of a transformer listener",
}

#: What each metric of `transformer_ner` is
METRICS = {
    "ents_f": "F1 of entities, exact match of boundaries and type, in [0, 1]",
    "ents_p": "their precision",
    "ents_r": "their recall",
    "ents_per_type": "the three for each entity type",
    "ents_loss": "the validation loss: mean cross-entropy per annotated token, in nats; lower is "
    "better, so its weight as a `monitor` is negative",
    "ents_loss_refined": "the validation loss at the temperature that makes it lowest, from the "
    "same pass: what is left when only the sureness is mended; its weight is negative too",
    "temperature": "the temperature that makes the loss of the tokens of entities lowest, from 0.1 "
    "to 10: above 1 where scores are surer than right. Confidences are stated at that of a "
    "training's last evaluation, and at 1 if it is 0.1, where all was right",
}

INTRO = """\
# Reference

Made by `python -m docs.reference` from entry points, signatures and docstrings; a test compares
them. Every name below is found by spaCy as soon as the package is installed: `spacy train` needs
no `--code`.

## What `.v1` promises

- A registered name keeps its arguments, their defaults and what they mean. A config that trains
  with one release trains with the next ones of the same `.v1`, and a saved pipeline loads.
- An argument may be added, if its default leaves old configs as they were. Anything else is a new
  name, `.v2`; the old one stays beside it for at least one minor release and says in a warning what
  replaces it.
- Commands and their options are kept in the same way, and so are the keys of `history.jsonl`,
  `record.json` and `metrics/*.json`: keys are added, none changes its meaning.
- What is wrong may be mended: an argument that was accepted and meant nothing may become an error.
- Python modules and functions are not part of the promise, except that what is registered stays
  importable from where setup.cfg says. Messages for people may change at any time.
- The same seed on the same machine with the same versions gives the same model, bit for bit on a
  CPU. Another release may give another model.
"""

CONFIDENCE = """\
## `ent._.confidence`

How sure the component is of an entity, in [0, 1]. With the decoder `viterbi` it is the share that
the entity has of the weight of all legal tag sequences (forward-backward); with `greedy` it is the
product of its tags' probabilities. It is `None` for entities of other components. It survives
`to_bytes`, `copy`, `as_doc(copy_user_data=True)`, `Doc.from_docs` and
`DocBin(store_user_data=True)`, and a component that runs again replaces it.

Scores are divided by the component's temperature first, which a training fits on its dev set and
keeps with each checkpoint (`adaptive_spacy.checkpoint.v1`); no entity depends on it, and pipelines
of earlier versions have 1. [production.md](production.md#confidence) says how far to trust it, and
`adaptive-spacy evaluate` measures it. Before you trust a threshold, measure it on data of your own
that no training has seen.
"""


class Entry(NamedTuple):
    """A registered name, from setup.cfg."""

    group: str
    name: str
    target: str


def read_entries(path: Path = ROOT / "setup.cfg") -> Iterator[Entry]:
    """Yield the registered names in the order of setup.cfg."""
    parser = ConfigParser(delimiters=["="])
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf8")
    for group, text in parser["options.entry_points"].items():
        if group != "console_scripts":
            for line in text.strip().splitlines():
                name, target = line.split(" = ")
                yield Entry(group, name, target)


def defaults(entry: Entry, function: Callable[..., Any]) -> dict[str, Any]:
    """RETURNS (dict): Default by argument, in order; `inspect.Parameter.empty` where it must be
    given."""
    parameters = inspect.signature(function).parameters
    found = {name: one.default for name, one in parameters.items()}
    if entry.group == "spacy_factories":
        # spaCy gives these two; the others' defaults are the factory's, not the signature's
        given = Language.get_factory_meta(entry.name).default_config or {}
        found = {name: given.get(name, found[name]) for name in found if name not in PASSED}
    return found


#: Arguments that spaCy itself passes to a component's factory
PASSED = ("nlp", "name")


def describe(entry: Entry) -> str:
    """RETURNS (str): The section of a registered name.

    RAISES (ValueError): If an argument has no meaning.
    """
    module, function_name = entry.target.split(":")
    function = getattr(import_module(module), function_name)
    documented = document(function, entry.name)
    found = defaults(entry, function)
    unknown = [name for name in found if name not in documented.arguments]
    if unknown:
        raise ValueError(
            f"{entry.target}: expected a line for each argument, none says what "
            f"{', '.join(unknown)} means"
        )
    place = PLACES[entry.group] + BLOCKS.get(entry.name, "")
    parts = [f"### {entry.name}", wrap(f"{place}.\n\n{documented.prose}")]
    if found:
        rows = [
            (f"`{name}`", show(value), documented.arguments[name]) for name, value in found.items()
        ]
        parts.append(table(("argument", "default", "meaning"), rows))
    return "\n\n".join(parts)


def show(value: Any) -> str:
    """RETURNS (str): A default as a config writes it; nothing where it must be given."""
    if value is inspect.Parameter.empty:
        return ""
    if isinstance(value, dict):
        # a block of its own: its registered name says enough
        registered = [f"`{one}`" for key, one in value.items() if key.startswith("@")]
        return registered[0] if registered else "`{}`"
    words = {None: "null", True: "true", False: "false"}
    known = value is None or isinstance(value, bool)
    return f"`{words[value]}`" if known else f"`{value!r}`".replace("'", '"')


def wrap(text: str) -> str:
    """RETURNS (str): Paragraphs, wrapped; lists and code stay as they are."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        one
        if one.startswith((" ", "-", "|"))
        else textwrap.fill(" ".join(one.split()), 100, break_on_hyphens=False)
        for one in paragraphs
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """RETURNS (str): A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    escaped = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)


def describe_commands() -> str:
    """RETURNS (str): The table of the commands."""
    from adaptive_spacy.cli.app import app

    rows = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        arguments = [one for one in command.params if one.param_type_name == "argument"]
        options = [one for one in command.params if one.param_type_name == "option"]
        words = " ".join([name, *(one.metavar or one.name.upper() for one in arguments)])
        what = (command.help or "").split("\n\n")[0]
        said = " ".join(f"`{max(one.opts, key=len)}`" for one in options)
        rows.append((f"`{words}`", " ".join(what.split()), said))
    return table(("command", "what", "options"), rows)


def describe_formats() -> str:
    """RETURNS (str): The table of the formats that `convert` reads."""
    from adaptive_spacy.data.readers.formats import FORMATS
    from adaptive_spacy.data.readers.reader import list_options

    rows = []
    for name, reader in FORMATS.items():
        options = sorted(f"`--{option.replace('_', '-')}`" for option in list_options(reader))
        rows.append((f"`{name}`", reader.title, " ".join(options), reader.limits))
    return table(("`--format`", "what", "options", "not read"), rows)


def describe_metrics() -> str:
    """RETURNS (str): The table of the metrics.

    RAISES (ValueError): If METRICS does not name those that the component reports.
    """
    meta = Language.get_factory_meta("transformer_ner")
    if set(meta.scores) != set(METRICS):
        raise ValueError(f"METRICS: expected {', '.join(meta.scores)}, got {', '.join(METRICS)}")
    weights = meta.default_score_weights or {}
    rows = [(f"`{name}`", show(weights[name]), meaning) for name, meaning in METRICS.items()]
    return table(("metric", "default weight", "meaning"), rows)


def make_page() -> str:
    """RETURNS (str): The page."""
    entries = list(read_entries())
    parts = [
        INTRO,
        "## Registered names",
        *(describe(entry) for entry in entries),
        "## Metrics of `transformer_ner`",
        wrap("Weights are those of `[training.score_weights]`; null is reported and not weighted."),
        describe_metrics(),
        CONFIDENCE,
        "## Commands",
        wrap("`adaptive-spacy COMMAND --help` says what each argument and option means."),
        describe_commands(),
        "## Formats of `convert`",
        wrap("[Data in and out](data.md) says how each is read."),
        describe_formats(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    typer.run(main)
