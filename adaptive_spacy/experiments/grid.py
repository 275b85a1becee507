"""Grids of experiments: `configs/experiments/*.yml`.

A grid names approaches, datasets, models, fractions or labels, and seeds; its jobs are all their
combinations, each one training. A file may extend another of its folder and give only the keys that
differ.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from adaptive_spacy.config.requirements import LANGUAGE
from adaptive_spacy.experiments.folds import LEAST, MOST
from adaptive_spacy.experiments.job import NAME, STOP_OF, Job, needed
from adaptive_spacy.parsing import describe_faults, read_yaml, show

Name = Annotated[str, Field(pattern=NAME)]
Fraction = Annotated[float, Field(gt=0, le=1)]
# one to learn from and one to watch
Labels = Annotated[int, Field(ge=2)]
# what numpy's generators take
Seed = Annotated[int, Field(ge=0, lt=2**32)]

#: Jobs of one grid: weeks of trainings, and a slip where there are more
MOST_JOBS = 100_000
#: Threads of a job
MOST_THREADS = 1024
#: Files that extend one another
MOST_EXTENDED = 10
#: The axis of how much data there is: a grid has one of these
SIZES = ("fractions", "labels")
#: Share of the labelled sentences that is kept for dev, unless the approach says otherwise
DEV = 0.2
#: Settings that would overrule a key of the grid, so that its jobs were not what it says of them
DECIDED = {
    "system.seed": "seeds",
    "training.seed": "seeds",
    "variables.fraction": "fractions or labels",
    "variables.transformer": "models",
    "paths.train": "datasets",
    "paths.dev": "datasets",
}


def _unique(values: list[Any]) -> list[Any]:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise ValueError(f"expected each value once, found {twice[0]} twice")
    return values


def _language(value: str) -> str:
    if fault := LANGUAGE.fault(value):
        raise ValueError(fault)
    return value


def _settings(values: dict[str, Any]) -> dict[str, Any]:
    for key in values:
        if "." not in key:
            raise ValueError(f"{key}: expected a dotted key such as variables.rate")
        if key in DECIDED:
            raise ValueError(f"{key}: expected a setting that the grid's {DECIDED[key]} leave open")
    return values


Settings = Annotated[dict[str, Any], AfterValidator(_settings)]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Approach(_Block):
    """One way to train.

    config (str): Path of the config; paths start at the folder that the command runs in.
    settings (dict): Overrides of the config by dotted key. The value {stop_of: NAME} is the mean
        number of rounds of that approach's jobs over the seeds, rounded; they run first. Rounds of
        both must be alike.
    train_on_dev (bool): Train on train and dev together. Dev scores are of seen data then.
    dev (float | None): In a grid of `labels`, the share of them that is kept for dev; None: 0.2.
    folds (int | None): In a grid of `labels`, as `adaptive-spacy crossfit` does: so many folds find
        how long to train on all of them. The cost is that of all its trainings.
    search (str | None): Name of the search that this approach is one candidate of; "epochs" for
        fixed numbers of epochs, which `report --question epochs` chooses from.
    """

    config: str
    settings: Settings = {}
    train_on_dev: bool = False
    dev: Annotated[float, Field(gt=0, lt=1)] | None = None
    folds: Annotated[int, Field(ge=LEAST, le=MOST)] | None = None
    search: str | None = None

    @field_validator("settings")
    @classmethod
    def _known_values(cls, settings: dict[str, Any]) -> dict[str, Any]:
        for key, value in settings.items():
            if isinstance(value, dict) and (
                set(value) != {STOP_OF} or not isinstance(value[STOP_OF], str)
            ):
                raise ValueError(f"{key}: expected a value or {{{STOP_OF}: APPROACH}}, got {value}")
        return settings


class Dataset(_Block):
    """path (str): Folder of train.spacy, dev.spacy and test.spacy. lang (str): Language code."""

    path: str
    lang: Annotated[str, AfterValidator(_language)] = "en"


class Grid(_Block):
    """What to run.

    title (str): What the grid shows.
    approaches (dict[str, Approach]): By name.
    datasets (dict[str, Dataset]): By name.
    models (dict[str, str]): Name to a folder or a name of the hub.
    combinations (list | None): Pairs of dataset and model; None: all.
    fractions (list[float] | None): Shares of train and dev, in (0, 1]; the test set is always
        whole.
    labels (list[int] | None): Instead, numbers of labelled sentences, drawn from train and dev
        together, anew for each seed; each approach divides them as it likes. The test set is always
        whole.
    seeds (list[int]): Of weights, dropout and order of the batches; with `labels` of the sample
        too.
    first_seeds (dict[float, int]): How many of the seeds count, the first ones, for some of the
        fractions or labels: large sets take long and vary less.
    settings (dict): Overrides for all approaches, under their own.
    threads (int): Of each job. Part of the job, as sums on the processor depend on it.
    """

    title: str
    approaches: Annotated[dict[Name, Approach], Field(min_length=1)]
    datasets: Annotated[dict[Name, Dataset], Field(min_length=1)]
    models: Annotated[dict[Name, str], Field(min_length=1)]
    combinations: list[Annotated[list[str], Field(min_length=2, max_length=2)]] | None = None
    fractions: Annotated[list[Fraction], Field(min_length=1), AfterValidator(_unique)] | None = None
    labels: Annotated[list[Labels], Field(min_length=1), AfterValidator(_unique)] | None = None
    seeds: Annotated[list[Seed], Field(min_length=1), AfterValidator(_unique)]
    first_seeds: dict[float, Annotated[int, Field(ge=1)]] = {}
    settings: Settings = {}
    threads: Annotated[int, Field(ge=1, le=MOST_THREADS)] = 1

    @model_validator(mode="after")
    def _known_names(self) -> "Grid":
        for name, approach in self.approaches.items():
            for source in sorted(needed(self._settings_of(approach))):
                place = f"approaches.{name}.settings: {STOP_OF}"
                if source not in self.approaches:
                    raise ValueError(
                        f"{place}: expected one of {', '.join(self.approaches)}, got {source}"
                    )
                if needed(self._settings_of(self.approaches[source])):
                    raise ValueError(f"{place}: {source} waits for another approach itself")
        for i, (dataset, model) in enumerate(self.combinations or []):
            for kind, name in (("datasets", dataset), ("models", model)):
                if name not in getattr(self, kind):
                    known = ", ".join(getattr(self, kind))
                    raise ValueError(f"combinations.{i}: expected one of {known}, got {name}")
        return self

    @model_validator(mode="after")
    def _one_size(self) -> "Grid":
        given = [name for name in SIZES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"expected either {' or '.join(SIZES)}, got {' and '.join(given)}")
        for name, approach in self.approaches.items():
            for key in ("dev", "folds"):
                if getattr(approach, key) is not None and self.labels is None:
                    raise ValueError(
                        f"approaches.{name}.{key}: expected `labels` that it divides, got fractions"
                    )
            if approach.folds is not None and (approach.train_on_dev or approach.dev is not None):
                raise ValueError(
                    f"approaches.{name}.folds: expected neither train_on_dev nor dev, as the "
                    "folds divide the labels"
                )
        for size in self.first_seeds:
            if size not in self.sizes:
                known = ", ".join(f"{one:g}" for one in self.sizes)
                raise ValueError(f"first_seeds: expected some of {known}, got {size:g}")
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> "Grid":
        sizes = [len(self.approaches), len(self.pairs()), len(self.sizes), len(self.seeds)]
        if prod(sizes) > MOST_JOBS:
            approaches, pairs, amounts, seeds = sizes
            raise ValueError(
                f"expected at most {MOST_JOBS:,} jobs, got {prod(sizes):,}: {approaches:,} "
                f"approaches x {pairs:,} pairs of data set and model x {amounts:,} "
                f"{'fractions' if self.labels is None else 'labels'} x {seeds:,} seeds"
            )
        return self

    @property
    def sizes(self) -> Sequence[float]:
        """RETURNS (Sequence[float]): The fractions or the labels."""
        return self.labels or self.fractions or []

    def _settings_of(self, approach: Approach) -> dict[str, Any]:
        return {**self.settings, **approach.settings}

    def pairs(self) -> list[tuple[str, str]]:
        """RETURNS (list[tuple]): The names of dataset and model of each combination."""
        if self.combinations is None:
            return list(product(self.datasets, self.models))
        return [(dataset, model) for dataset, model in self.combinations]

    def jobs(self, *, device: str = "cpu") -> Iterator[Job]:
        """YIELDS (Job): Seed by seed, so that a sweep that is cut short has all cells; of a seed
        the first sizes first."""
        for number, seed in enumerate(self.seeds):
            for size, (dataset, model) in product(self.sizes, self.pairs()):
                if number >= self.first_seeds.get(size, len(self.seeds)):
                    continue
                for name, approach in self.approaches.items():
                    yield Job(
                        approach=name,
                        config=approach.config,
                        settings=self._settings_of(approach),
                        train_on_dev=approach.train_on_dev,
                        search=approach.search,
                        dataset=dataset,
                        corpus=self.datasets[dataset].path,
                        lang=self.datasets[dataset].lang,
                        model=model,
                        transformer=self.models[model],
                        fraction=1.0 if self.labels else size,
                        seed=seed,
                        threads=self.threads,
                        device=device,
                        labels=int(size) if self.labels else None,
                        dev=(approach.dev or DEV) if self.labels else None,
                        folds=approach.folds,
                    )


def read_grid(path: Path) -> Grid:
    """Read a grid and check it.

    path (Path): The YAML file.
    RETURNS (Grid): The grid.
    RAISES (ValueError): With one line per fault: file, place, what is expected.
    """
    return validate(_read(path), str(path))


def _read(path: Path, depth: int = 0) -> dict[str, Any]:
    data = read_yaml(path, "a grid of experiments in YAML")
    if not isinstance(data, dict):
        raise ValueError(f"{path}: expected keys such as approaches, found {show(data)}")
    if "extends" in data:
        name = data.pop("extends")
        if not isinstance(name, str) or Path(name).name != name or name == path.name:
            raise ValueError(
                f"{path}: extends: expected another file of the folder, got {show(name)}"
            )
        if depth == MOST_EXTENDED:
            raise ValueError(
                f"{path}: extends: expected an end, found files that extend each other"
            )
        extended = _read(path.with_name(name), depth + 1)
        if any(size in data for size in SIZES):
            # one axis takes the place of the other, and of what is said of its sizes
            extended = {k: v for k, v in extended.items() if k not in (*SIZES, "first_seeds")}
        data = {**extended, **data}
    return data


def validate(data: dict[str, Any], where: str) -> Grid:
    """RETURNS (Grid): Of a file's keys or a changed grid's.
    RAISES (ValueError): As `read_grid`; `where` begins each line.
    """
    try:
        return Grid.model_validate(data)
    except ValidationError as error:
        raise ValueError(describe_faults(error, where)) from None
