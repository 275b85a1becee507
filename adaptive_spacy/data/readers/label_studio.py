"""Label Studio's exports: JSON, a task each, and JSON-MIN, an annotation each."""

from collections.abc import Callable, Iterator
from typing import Any

from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.label_studio_results import (
    TEXT_LABELS,
    Region,
    find_field,
    fits,
    is_control,
    is_region,
    is_text,
    make_texts,
)
from adaptive_spacy.data.readers.record_fields import (
    check_object,
    get_objects,
    list_keys,
)
from adaptive_spacy.data.readers.record_file import Choices, Read, Result, Skipped
from adaptive_spacy.data.source import shorten

# of JSON-MIN, beside the fields of a task and the controls
MIN_KEYS = frozenset(
    ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "task_id")
)


class LabelStudio(JsonRecords):
    """Tasks of the JSON export, with entities in texts, pages (HTML) and dialogues (paragraphs, of
    which each becomes a text). Cancelled annotations are not read; of several that differ the one
    that is marked as ground truth is."""

    title = "Label Studio"
    limits = "cancelled annotations; predictions; relations; choices; images; audio"
    chooses_spans = False  # --spans-key names controls

    @staticmethod
    def fits(record: Any) -> bool:
        return (
            isinstance(record, dict)
            and isinstance(record.get("data"), dict)
            and any(key in record for key in ("annotations", "completions", "predictions"))
        )

    @staticmethod
    def read(record: Any) -> Result | list[Result]:
        return Survey(split_task, [record], Choices()).read(record)

    @classmethod
    def learn(cls, records: Iterator[Any], choices: Choices) -> Read:
        return Survey(split_task, records, choices).read


class LabelStudioMin(JsonRecords):
    """Annotations of the JSON-MIN or CSV export: a record each, with no key for the entities where
    there are none."""

    title = "Label Studio JSON-MIN"
    limits = "a second annotation of one text; choices; images; audio"
    unique = "id"
    chooses_spans = False

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and (
            "annotation_id" in record or any(map(is_control, record.values()))
        )

    @staticmethod
    def read(record: Any) -> Result | list[Result]:
        return Survey(split_min, [record], Choices()).read(record)

    @classmethod
    def learn(cls, records: Iterator[Any], choices: Choices) -> Read:
        return Survey(split_min, records, choices).read


#: A record's fields, its entities, and kinds of what else was annotated
Parts = tuple[dict[str, Any], list[Region], set[str]]


class Survey:
    """Which controls mark entities, and which field of a task each of them marks: what a task does
    not say, all of them together do.

    split (Callable[[Any], Parts | Skipped]): Takes a record apart.
    records (Iterable[Any]): All of them.
    choices (Choices): The controls that are read, with commas, and how offsets count.
    RAISES (ValueError): If nothing marks entities, or several controls do.
    """

    def __init__(
        self,
        split: Callable[[Any], "Parts | Skipped"],
        records: Iterator[Any] | list[Any],
        choices: Choices,
    ) -> None:
        self._split = split
        self._controls = set(choices.spans_key.split(",")) if choices.spans_key else None
        self._offsets = choices.offsets
        self._pages: set[str] = set()  # targets that are HTML
        self._fields: dict[str, set[str]] = {}
        found: set[str] = set()
        others: set[str] = set()
        fields: set[str] = set()
        for record in records:
            try:
                parts = split(record)
            except ValueError:  # told of where it is read
                continue
            if isinstance(parts, Skipped):
                continue
            data, regions, kinds = parts
            fields |= data.keys()
            found |= {one.control for one in regions}
            others |= kinds
            self._narrow(data, self._select(regions))
        self._check(found, others)
        if split is split_min and not found and len(fields) > 1:
            raise ValueError(
                f"found no entities, but the fields {', '.join(map(shorten, sorted(fields)))}, "
                "expected a control whose values have start, end and labels"
            )

    def read(self, record: Any) -> Result | list[Result]:
        """RETURNS (Result | list[Result]): The texts of a task, with their entities.
        RAISES (ValueError): If they do not fit."""
        parts = self._split(record)
        if isinstance(parts, Skipped):
            return parts
        data, regions, _ = parts
        regions = self._select(regions)
        found: list[Result] = []
        for target in self._fields or {"": set()}:
            of_target = [one for one in regions if one.target == target]
            field = self._find(data, of_target, target)
            is_page = target in self._pages
            found += make_texts(data[field], of_target, self._offsets, is_page=is_page)
        return found if len(found) > 1 else found[0]

    def _select(self, regions: list[Region]) -> list[Region]:
        if self._controls is None:
            return regions
        return [one for one in regions if one.control in self._controls]

    def _narrow(self, data: dict[str, Any], regions: list[Region]) -> None:
        """Keep the fields of which no entity says otherwise."""
        for target in sorted({one.target for one in regions}):
            of_target = [one for one in regions if one.target == target]
            if any(one.is_of_page for one in of_target):
                self._pages.add(target)
            if is_text(data.get(target.removeprefix("$"))):
                fitting = {target.removeprefix("$")}
            else:
                texts = [key for key, value in data.items() if is_text(value)]
                fitting = {
                    key for key in texts if all(self._fits(data[key], one) for one in of_target)
                }
            self._fields[target] = self._fields.get(target, fitting) & fitting

    def _fits(self, value: Any, region: Region) -> bool:
        return fits(value, region, self._offsets)

    def _find(self, data: dict[str, Any], regions: list[Region], target: str) -> str:
        known = self._fields.get(target, set()) & data.keys()
        return known.pop() if len(known) == 1 else find_field(data, regions, target, self._offsets)

    def _check(self, found: set[str], others: set[str]) -> None:
        if self._controls is not None:
            missing = self._controls - found
            if missing:
                raise ValueError(
                    f"--spans-key: expected controls that mark entities, "
                    f"{', '.join(sorted(found)) or 'of which there is none'}, got "
                    f"{', '.join(sorted(missing))}"
                )
        elif len(found) > 1:
            names = sorted(found)
            raise ValueError(
                f"found entities of the controls {' and '.join(map(shorten, names))}, expected "
                f"those of one; --spans-key {names[0]} takes one of them, --spans-key "
                f"{','.join(names)} all"
            )
        if others and not found:
            raise ValueError(
                f"found tasks of {', '.join(sorted(others))}, expected entities in texts: labels, "
                "hypertextlabels or paragraphlabels"
            )


def split_task(record: Any) -> Parts | Skipped:
    """RETURNS (Parts | Skipped): A task of the JSON export.
    RAISES (ValueError): If it is none, or its annotations differ."""
    record = check_object(record)
    data = record.get("data")
    if not isinstance(data, dict):
        raise ValueError(f'found no "data", expected it beside {list_keys(record)}')
    annotations = get_objects(record, "annotations" if "annotations" in record else "completions")
    valid = [one for one in annotations if not (one.get("was_cancelled") or one.get("skipped"))]
    if not valid:
        return Skipped("cancelled" if annotations else "not annotated")
    found = [split_results(one) for one in choose_ground_truth(valid)]
    if any(regions != found[0][0] for regions, _ in found):
        raise ValueError(
            f"found {len(found)} annotations that differ, expected one: mark one of them as "
            "ground truth in Label Studio, or cancel the others"
        )
    return data, found[0][0], set().union(*(kinds for _, kinds in found))


def split_min(record: Any) -> Parts:
    """RETURNS (Parts): An annotation of the JSON-MIN export: its controls are the keys that hold
    lists of regions."""
    record = check_object(record)
    regions = []
    kinds = set()
    data = {}
    for key, value in record.items():
        values = value if isinstance(value, list) else []
        if any(isinstance(one, dict) and (is_region(one) or is_mark(one)) for one in values):
            for one in values:
                if is_region(one):
                    regions.append(Region(one, key))
                elif is_mark(one):
                    kinds.add(name_mark(one))
                else:
                    raise ValueError(f"found {show_json(one)} among the entities of {shorten(key)}")
        elif isinstance(value, dict) and "choices" in value:
            kinds.add("choices")
        elif key not in MIN_KEYS:
            data[key] = value
    return data, sorted(regions, key=str), kinds


def is_mark(value: Any) -> bool:
    """Whether a value was marked in something that is no text."""
    return isinstance(value, dict) and any(key.endswith("labels") for key in value)


def name_mark(value: dict[str, Any]) -> str:
    """RETURNS (str): Which labels a value has."""
    names = sorted(key for key in value if key.endswith("labels"))
    return "labels of recordings" if names and names[0] in TEXT_LABELS else names[0]


def choose_ground_truth(annotations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): Those marked as ground truth, if any is."""
    return [one for one in annotations if one.get("ground_truth")] or annotations


def split_results(annotation: dict[str, Any]) -> tuple[list[Region], set[str]]:
    """RETURNS (tuple[list[Region], set[str]]): The entities of an annotation, and of which kinds
    its other results are: relations, choices and notes, and labels of what is no text.
    RAISES (ValueError): If a result is called an entity and is none."""
    regions = []
    kinds = set()
    for result in get_objects(annotation, "result"):
        kind: Any = result.get("type", "labels")
        value: Any = result.get("value")
        if is_region(value):
            target = result.get("to_name")
            control = result.get("from_name")
            regions.append(
                Region(
                    value,
                    control if isinstance(control, str) else "label",
                    target if isinstance(target, str) else "",
                )
            )
        elif kind in TEXT_LABELS and not is_mark(value):
            raise ValueError(
                f"found {show_json(value)} as an entity, expected start, end and labels"
            )
        else:
            is_sound = kind in TEXT_LABELS and isinstance(value, dict)
            kinds.add(name_mark(value) if is_sound else str(kind))
    return sorted(regions, key=str), kinds
