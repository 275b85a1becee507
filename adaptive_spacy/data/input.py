"""An input of a conversion: a path, the split it goes to, and how it is read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from adaptive_spacy.data.shares import SPLIT_NAME


class Place(NamedTuple):
    """Where an input is, and the split that it goes to as a whole; None: it joins the pool."""

    path: Path
    split: str | None = None


class Input(Place):
    """A file to convert.

    path (Path), split (str | None): As of `Place`.
    options (Mapping[str, Any]): How it is read, where that is not as the other inputs are.
    """

    options: Mapping[str, Any]

    def __new__(
        cls, path: Path, split: str | None = None, options: Mapping[str, Any] | None = None
    ) -> "Input":
        self = super().__new__(cls, path, split)
        self.options = options or {}
        return self

    @classmethod
    def parse(cls, text: str) -> "Input":
        """Read `PATH` or `SPLIT=PATH`. A path with an = in its first part is taken for one where
        it exists and the part behind the = does not, or where it is written `./a=b`."""
        split, found, path = text.partition("=")
        is_whole = Path(text).exists() and not Path(path).exists()
        if found and SPLIT_NAME.fullmatch(split) and not is_whole:
            return cls(Path(path), split)
        return cls(Path(text))

    @property
    def name(self) -> str:
        """RETURNS (str): The split that it is if nothing is divided: its own, or as called."""
        # `.` and `..` have the name of the folder that they are; a link keeps its own
        path = self.path if self.path.name not in ("", "..") else self.path.resolve()
        return path.stem if self.split is None else self.split

    def check_name(self) -> None:
        """RAISES (ValueError): If no split can have its name, as its files would be hidden or lie
        elsewhere."""
        if self.split is not None and SPLIT_NAME.fullmatch(self.split) is None:
            raise ValueError(
                f"{self.path}: expected a split of letters, digits, - and _, got {self.split!r}"
            )
        if not self.name or self.name.startswith("."):
            raise ValueError(
                f"{self.path}: found the name {self.name!r}, expected one that can be that of a "
                f"split, without a dot before it; write NAME={self.path}"
            )

    def is_called(self, name: str) -> bool:
        """Whether a name means this input: its path, the end of it, or its split."""
        return name in (str(self.path), self.path.name, self.split) or Path(name) == self.path


def set_options(
    inputs: Sequence[Input], given: Mapping[str, list[str] | None]
) -> tuple[list[Input], dict[str, str]]:
    """Read options that are given as `VALUE` for all inputs, or as `INPUT=VALUE` for one.

    given (Mapping[str, list[str] | None]): The values of each option, by its name; None: it is
        not given. What is given for an input holds before what is given for all.
    RETURNS (tuple[list[Input], dict[str, str]]): The inputs, each with its own, and those of all.
    RAISES (ValueError): If no input is called so, or if an option has two values.
    """
    found: list[dict[str, Any]] = [{} for _ in inputs]
    common: dict[str, str] = {}
    for option, values in given.items():
        of_all: list[str] = []
        for text in values or ():
            name, mark, value = text.rpartition("=")
            if not mark:
                of_all.append(text)
                continue
            numbers = [i for i, one in enumerate(inputs) if one.is_called(name)]
            fault = f"--{option.replace('_', '-')} {text}: expected"
            if not numbers:
                known = ", ".join(dict.fromkeys(str(one.path) for one in inputs))
                raise ValueError(f"{fault} one of the inputs before the =, {known}")
            for i in numbers:
                before = found[i].setdefault(option, value)
                if before != value:
                    raise ValueError(f"{fault} one value for each input, got {before} too")
        if len(set(of_all)) > 1:
            raise ValueError(
                f"--{option.replace('_', '-')}: expected one value for all inputs, got "
                f"{' and '.join(dict.fromkeys(of_all))}; INPUT=VALUE sets that of one input"
            )
        if of_all:
            common[option] = of_all[0]
    pairs = zip(inputs, found, strict=True)
    return [Input(*one, {**one.options, **own}) for one, own in pairs], common
