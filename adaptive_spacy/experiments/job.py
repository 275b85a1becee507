"""A job: one training of a grid, and what makes it the same job again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from confection import Config

from adaptive_spacy.config.blocks import BUILDS, require_blocks
from adaptive_spacy.config.settings import find_setting_faults
from adaptive_spacy.data.spacy_files import holds_docs, locate
from adaptive_spacy.experiments.fixed_length import LONGER, require_length
from adaptive_spacy.hashing import hash_content
from adaptive_spacy.parsing import reading
from adaptive_spacy.training.resume.identity import hash_named

#: What the parts of a folder's name may hold
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$"
STOP_OF = "stop_of"
SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class Job:
    """One training. The paths are those that the grid gives.

    approach (str): Its name.
    config (str): Path of its config.
    settings (dict): Overrides of the config, by dotted key.
    train_on_dev (bool): Whether dev is part of the training data.
    search (str | None): The search that the approach is a candidate of.
    dataset, model (str): Their names.
    corpus (str): Folder of train.spacy, dev.spacy and test.spacy.
    lang (str): Language code.
    transformer (str): A folder or a name of the hub.
    fraction (float): Share of train and dev.
    seed (int): The seed; where there are `labels`, also that of the sample.
    threads (int): Threads that compute.
    device (str): "cpu" or "gpu".
    labels (int | None): Sentences that are annotated, of train and dev together, drawn anew for
        each seed; None: the fraction counts.
    dev (float | None): Share of the labels that is kept for dev; None without `labels`.
    folds (int | None): Folds that find how long to train on all labels; None: one training.
    waited (list[str]): Settings that are stops of other approaches, now that these are known.
    """

    approach: str
    config: str
    settings: dict[str, Any]
    train_on_dev: bool
    search: str | None
    dataset: str
    corpus: str
    lang: str
    model: str
    transformer: str
    fraction: float
    seed: int
    threads: int
    device: str
    labels: int | None = None
    dev: float | None = None
    folds: int | None = None
    waited: list[str] = field(default_factory=list)

    @property
    def size(self) -> float:
        """RETURNS (float): How much data there is: the labels (2 or more) or the fraction (1 at
        the most)."""
        return self.fraction if self.labels is None else self.labels

    @property
    def learns_from_all(self) -> bool:
        """RETURNS (bool): Whether the sentences of dev are among those that are trained on."""
        return self.train_on_dev or self.folds is not None

    @property
    def cell(self) -> tuple[str, str, float]:
        """RETURNS (tuple): What jobs of other approaches and seeds are compared within."""
        return self.dataset, self.model, self.size

    @property
    def key(self) -> tuple[str, str, float, str, int]:
        """RETURNS (tuple): What tells the job from all others of a grid. Its name does not: a
        hyphen may be part of any of these."""
        return *self.cell, self.approach, self.seed

    @property
    def name(self) -> str:
        """RETURNS (str): The job for people, which may be that of another one too; see `key`."""
        return f"{self.dataset}-{self.model}-{self.size:g}-{self.approach}-{self.seed}"

    @property
    def needs(self) -> frozenset[str]:
        """RETURNS (frozenset[str]): Approaches whose jobs of this cell run first."""
        return needed(self.settings)

    def with_stops(self, rounds: Mapping[str, int]) -> "Job":
        """RETURNS (Job): The job with the numbers of rounds that it waited for."""
        settings = {
            key: rounds[value[STOP_OF]] if waits(value) else value
            for key, value in self.settings.items()
        }
        waited = [key for key, value in self.settings.items() if waits(value)]
        return replace(self, settings=settings, waited=[*self.waited, *waited])

    def to_dict(self) -> dict[str, Any]:
        """RETURNS (dict): The job as JSON-serializable values."""
        return asdict(self)

    def make_config(self) -> Config:
        """RETURNS (Config): The config with all overrides, with the grid's own paths.
        RAISES (ValueError): If there is no such config, or a setting does not fit it.
        """
        path = Path(self.config)
        if not path.is_file():
            raise ValueError(f"approaches.{self.approach}.config: {path}: there is no such file")
        overrides = {
            "paths.train": f"{self.corpus}/train.spacy",
            "paths.dev": f"{self.corpus}/dev.spacy",
            "nlp.lang": self.lang,
            "system.seed": self.seed,
            "variables.transformer": self.transformer,
            "variables.fraction": self.fraction,
            **self.settings,
        }
        with reading(f"approaches.{self.approach}: {path}", "a config that the settings fit"):
            return Config().from_disk(path, interpolate=False, overrides=overrides)

    def files(self) -> dict[str, Path]:
        """RETURNS (dict[str, Path]): The corpus by split.
        RAISES (ValueError): If one is missing.
        """
        files = locate_splits(self.corpus)
        for split, path in files.items():
            if not holds_docs(path):
                raise ValueError(
                    f"datasets.{self.dataset}: expected {self.corpus}/{split}.spacy, or a folder "
                    f"{split} of its shards, found neither; `adaptive-spacy convert` makes the "
                    f"folder {self.corpus}"
                )
        return files

    def has_files(self) -> bool:
        """RETURNS (bool): Whether the corpus is there."""
        return all(holds_docs(path) for path in locate_splits(self.corpus).values())

    def check(self) -> None:
        """RAISES (ValueError): If a file that the job needs is missing, or its config is broken."""
        self.files()
        self.check_config()
        looks_local = self.transformer.startswith((".", "/")) or self.transformer.count("/") > 1
        if not Path(self.transformer).is_dir() and (
            looks_local or self.transformer.startswith("assets/")
        ):
            raise ValueError(
                f"models.{self.model}: expected a folder or a name of the hub, got "
                f"{self.transformer}; `adaptive-spacy model` makes the folder"
            )

    def check_config(self) -> None:
        """RAISES (ValueError): If the config is broken, whether or not the corpus is there yet."""
        # with any stops, and alike for all data sets, as the blocks of a config are checked once
        anywhere = replace(self.with_stops(dict.fromkeys(self.needs, 1)), corpus="corpus")
        config = anywhere.make_config().interpolate()
        for fault in find_setting_faults(config):
            raise ValueError(f"approaches.{self.approach}: {fault}")
        with reading(f"approaches.{self.approach}: {self.config}", BUILDS):
            require_blocks(config)
        if self.folds is not None:
            try:
                require_length(config)
            except ValueError as error:
                raise ValueError(f"approaches.{self.approach}.folds: {error}") from None

    def definition(self) -> dict[str, Any]:
        """RETURNS (dict): All that the result depends on, apart from the machine and the versions:
        the names, the config, the content of the files, the threads."""
        # the definition of a job with a fraction stays what it was before there were labels
        labels = {} if self.labels is None else {"labels": self.labels, "dev": self.dev}
        folds = {} if self.folds is None else {"folds": self.folds, "longer": LONGER}
        config = _without_paths(self.make_config())
        # such as vectors, and so is that of a job without them
        files = {"files": named} if (named := hash_named(config)) else {}
        return {
            "approach": self.approach,
            "dataset": self.dataset,
            "model": self.model,
            "fraction": self.fraction,
            "seed": self.seed,
            "threads": self.threads,
            "device": self.device,
            "train_on_dev": self.train_on_dev,
            "config": config.to_str(interpolate=False),
            "data": {split: hash_content(path) for split, path in self.files().items()},
            "transformer": hash_transformer(self.transformer),
            **labels,
            **folds,
            **files,
        }

    def identity(self) -> str:
        """RETURNS (str): A hash of the definition, 16 hexadecimal digits."""
        text = json.dumps(self.definition(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def folder(self) -> str:
        """RETURNS (str): Name of the job's folder."""
        return f"{self.name}-{self.identity()}"


def locate_splits(corpus: str) -> dict[str, Path]:
    """RETURNS (dict[str, Path]): Where each split is, a file or a folder of shards, if it is."""
    return {split: locate(Path(corpus) / f"{split}.spacy") for split in SPLITS}


def needed(settings: Mapping[str, Any]) -> frozenset[str]:
    """RETURNS (frozenset[str]): The approaches whose stops the settings wait for."""
    return frozenset(value[STOP_OF] for value in settings.values() if waits(value))


def waits(value: Any) -> bool:
    """RETURNS (bool): Whether a setting is the stop of another approach, and no value of the config
    such as the weights of types."""
    return isinstance(value, dict) and set(value) == {STOP_OF}


def hash_transformer(source: str) -> str:
    """RETURNS (str): SHA-256 of a folder's files with their names; a name of the hub is itself."""
    return hash_content(Path(source)) if Path(source).is_dir() else source


def _without_paths(config: Config) -> Config:
    """The content of the files counts, not where they lie."""
    config["paths"].update(train=None, dev=None)
    config["variables"]["transformer"] = None
    return config
