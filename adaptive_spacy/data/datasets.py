"""Recipes: the named data sets of `assets/datasets.yml`, and how each is converted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adaptive_spacy.config.requirements import (
    LANGUAGE,
    Requirement,
    is_number,
    is_whole,
    one_of,
)
from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.converted import Converted
from adaptive_spacy.data.input import Input
from adaptive_spacy.data.readers.formats import FORMAT_NAMES
from adaptive_spacy.data.readers.grouping import parse_group
from adaptive_spacy.data.readers.offsets import CONVENTIONS
from adaptive_spacy.data.readers.spaces import JOINS, WHITE_SPACE
from adaptive_spacy.data.schemes import SCHEMES
from adaptive_spacy.data.shares import SPLIT_NAME, check_split
from adaptive_spacy.parsing import name_kind, read_yaml, show

AUTO = "auto"  # a language: that of the recipe
ANY_LANG = "xx"
RAW = "{raw}"  # how a recipe writes the folder of the downloaded files


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_paths(value: Any) -> bool:
    return is_text(value) or (isinstance(value, list) and bool(value) and all(map(is_text, value)))


def is_group(value: Any) -> bool:
    if not (is_text(value) or is_whole(value)):
        return False
    try:
        parse_group(value)
    except ValueError:
        return False
    return True


def is_table(value: Any, accepts: Callable[[Any], bool]) -> bool:
    """Whether a value is given for one split or more."""
    if not isinstance(value, dict) or not value:
        return False
    named = all(isinstance(name, str) and SPLIT_NAME.fullmatch(name) for name in value)
    return named and all(map(accepts, value.values()))


TEXT = Requirement("a text", is_text)
INTEGER = Requirement(
    "an integer", lambda value: isinstance(value, int) and not isinstance(value, bool)
)
COLUMN = Requirement(
    "a column, by number or name", lambda value: INTEGER.holds(value) or is_text(value)
)
SWITCH = Requirement("true or false", lambda value: isinstance(value, bool))
SCHEME_NAMES = ("auto", *SCHEMES)
# those from `split` on are arguments of `convert`
KEYS = {
    "licence": TEXT,
    "source": TEXT,
    "files": Requirement(
        "a path or a list of paths per split", lambda value: is_table(value, is_paths)
    ),
    "pool": Requirement("a path or a list of paths", is_paths),
    "split": Requirement("a share per split", lambda value: is_table(value, is_number)),
    "stratify": SWITCH,
    "seed": INTEGER,
    "shard-size": Requirement("an integer from 1", lambda value: is_whole(value) and value > 0),
    "format": one_of(*FORMAT_NAMES),
    "group": Requirement("sentences, documents or a number of sentences", is_group),
    "repair": SWITCH,
    "type": TEXT,
    "scheme": one_of(*SCHEME_NAMES),
    "missing-tag": Requirement("O or mask", lambda value: value in ("O", "mask")),
    "lang": LANGUAGE,
    "encoding": TEXT,
    "offsets": one_of(*CONVENTIONS),
    "spans-key": TEXT,
    "token-column": COLUMN,
    "tag-column": COLUMN,
    "join": one_of(*JOINS),
    "white-space": one_of(*WHITE_SPACE),
    "sentences": Requirement(
        "a number of tokens from 1", lambda value: is_whole(value) and value > 0
    ),
}
OPTIONS = list(KEYS)[list(KEYS).index("split") :]


@dataclass(frozen=True)
class Recipe:
    """A named data set.

    name (str): Its name in the recipe file.
    licence (str): The licence of the data; empty if the recipe does not say.
    source (str): Where they come from, a URL or a citation; empty if the recipe does not say.
    inputs (list[Input]): The files, which may not be there yet.
    options (dict[str, Any]): Keyword arguments of `convert`.
    """

    name: str
    licence: str
    source: str
    inputs: list[Input]
    options: dict[str, Any]

    def settle_lang(self, lang: str | None) -> str:
        """Decide the language of the data set, of the pipelines trained on it and their packages.

        lang (str | None): The language that is asked for; None or "auto": the recipe's.
        RETURNS (str): A language code; "xx" (any) if neither names one.
        RAISES (ValueError): If both do, and differ.
        """
        named = self.options.get("lang")
        if lang in (None, AUTO):
            return named or ANY_LANG
        if named not in (None, lang):
            raise ValueError(
                f"{self.name}: the recipe says lang: {named}, but {lang} is asked for; leave "
                f"--lang (--vars.lang) out to take {named}, or change the recipe"
            )
        return lang


def read_recipe(name: str, *, datasets: str | Path, raw: str | Path) -> Recipe:
    """Look a data set up and check its recipe.

    name (str): The data set.
    datasets (str | Path): The recipe file.
    raw (str | Path): The folder of the downloaded files, `{raw}` in the recipes.
    RETURNS (Recipe): The recipe.
    RAISES (ValueError): A name without a recipe, or all that is wrong with it.
    """
    recipes = _read_file(Path(datasets))
    if name not in recipes:
        raise ValueError(
            f"{name}: expected a data set of {datasets}, which are {', '.join(recipes)}; to add "
            "yours, write a recipe as the first lines of that file say, or convert files without "
            "--datasets"
        )
    recipe = recipes[name]
    faults = find_recipe_faults(recipe)
    if faults:
        raise ValueError(";\n".join(f"{datasets}: {name}: {fault}" for fault in faults))
    inputs = [Input(path, None) for path in _list_paths(recipe.get("pool", []), raw)]
    for split, paths in recipe.get("files", {}).items():
        inputs += [Input(path, split) for path in _list_paths(paths, raw)]
    return Recipe(
        name,
        licence=recipe.get("licence", ""),
        source=recipe.get("source", ""),
        inputs=inputs,
        options={key.replace("-", "_"): recipe[key] for key in OPTIONS if key in recipe},
    )


def convert_recipe(
    name: str,
    output: str | Path,
    *,
    datasets: str | Path,
    raw: str | Path,
    lang: str | None = None,
    progress: bool = False,
) -> Converted:
    """Convert a named data set; see `read_recipe`, `Recipe.settle_lang` and `convert` for arguments
    and errors."""
    recipe = read_recipe(name, datasets=datasets, raw=raw)
    options = {**recipe.options, "lang": recipe.settle_lang(lang)}
    missing = [path for path, _ in recipe.inputs if not path.exists()]
    if missing:
        remedy = "the paths of a recipe start at the folder that the command runs in"
        if any(path.is_relative_to(raw) for path in missing):
            remedy = "run `spacy project assets --extra` or pass --vars.raw FOLDER"
        raise ValueError(
            f"{name}: expected {', '.join(map(str, missing))}, found no such file or folder; "
            f"{remedy}"
        )
    return convert(recipe.inputs, output, progress=progress, **options)


def find_recipe_faults(recipe: Any) -> list[str]:
    """RETURNS (list[str]): What is wrong with a recipe, a line each."""
    if not isinstance(recipe, dict):
        return [f"expected keys such as files or pool, got {show(recipe)}"]
    faults = []
    for key, value in recipe.items():
        if key not in KEYS:
            faults.append(f"unknown key {show(key)}, expected one of {', '.join(KEYS)}")
        elif not KEYS[key].holds(value):
            faults.append(f"{key}: expected {KEYS[key].allowed}, got {show(value)}")
        elif key == "split":
            faults += [f"{key}: {fault}" for fault in check_split(value)]
    if "files" not in recipe and "pool" not in recipe:
        faults.append("expected files (paths per split) or pool (paths to divide), found neither")
    if ("pool" in recipe) != ("split" in recipe):
        found, lacking = ("pool", "split") if "pool" in recipe else ("split", "pool")
        faults.append(f"expected pool and split together, found {found} without {lacking}")
    return faults


def _read_file(path: Path) -> dict[str, Any]:
    recipes = read_yaml(path, "a file of recipes in YAML")
    if not isinstance(recipes, dict) or not recipes:
        raise ValueError(f"{path}: expected recipes by name, found {name_kind(recipes)}")
    return {str(name): recipe for name, recipe in recipes.items()}


def _list_paths(paths: str | list[str], raw: str | Path) -> list[Path]:
    texts = [paths] if isinstance(paths, str) else paths
    return [Path(text.replace(RAW, str(raw))) for text in texts]
