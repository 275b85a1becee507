"""Prodigy's tasks: a text, its tokens and its spans, as JSONL."""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import partial
from types import MappingProxyType
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.record_fields import (
    check_object,
    get_list,
    get_objects,
    get_text,
    list_keys,
)
from adaptive_spacy.data.readers.record_file import Choices, Read, Skipped
from adaptive_spacy.data.readers.record_spans import SPANS, are_spans

ANSWERS = ("accept", "reject", "ignore")
#: Characters, from and to
Place = tuple[int, int]
#: The only key of the entities; those of another tool may be in a task, too, under its own
PLACE = "spans"
# interfaces in which a text is annotated as a whole, and in which one entity of it is judged
MANUAL = ("ner_manual", "spans_manual", "spans", "relations", "blocks", "review", "pos_manual")
BINARY = "ner"
# interfaces of other tasks, in words
OTHERS = {
    "classification": "text categories",
    "choice": "choices",
    "text_input": "texts that were typed",
    "image": "images",
    "image_manual": "images",
    "audio": "audio",
    "audio_manual": "audio",
    "pos": "parts of speech",
    "dep": "dependencies",
    "compare": "comparisons",
    "diff": "comparisons",
}


class Prodigy(JsonRecords):
    """Tasks of Prodigy. In a binary task, as `ner.teach` asks them, only the entity is judged, and
    the rest of the text is not annotated; what was rejected there is read as no entity, unless one
    was accepted in its place, of another type or with other bounds, in any record of the text. Of
    other tasks what was rejected or ignored is not read: it tells that its entities are wrong, not
    which are right. Beside what Prodigy writes `export` has `missing` and `sent_starts`, both
    indices of tokens, and `has_unknown_spaces`."""

    title = "Prodigy"
    limits = "rejected and ignored tasks; relations; choices; text categories; images"
    place = PLACE

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and (
            is_prodigy_task(record)
            or (
                isinstance(record.get("text"), str)
                and is_list_of_spans(record.get("spans"))
                # which may say something else
                and not any(is_list_of_spans(record.get(key)) for key in SPANS if key != "spans")
            )
        )

    @classmethod
    def choose(cls, record: Any, key: str) -> Any:
        if key == PLACE and isinstance(record, dict) and not list_others(record):
            record = {PLACE: [], **record}  # as no entity at all is written
        return super().choose(record, key)

    @classmethod
    def learn(cls, records: Iterator[Any], choices: Choices) -> Read:
        """Find the texts of which several entities were judged, one at a time, and what was
        accepted in texts of which something was rejected."""
        spans: dict[int, set[str]] = {}
        accepted: dict[int, set[Place]] = {}
        rejected: set[int] = set()
        for one in records:
            if is_single_judgement(one):
                span = [one["spans"][0].get(key) for key in ("start", "end", "label")]
                spans.setdefault(hash_input(one), set()).add(str(span))
            for answer, place in find_answers(one):
                if answer == "accept":
                    accepted.setdefault(hash_input(one), set()).add(place)
                elif answer == "reject":
                    rejected.add(hash_input(one))
        judged = {key for key, found in spans.items() if len(found) > 1}
        accepted = {key: found for key, found in accepted.items() if key in rejected}
        return partial(cls.read, judged=judged, accepted=accepted)

    @staticmethod
    def read(
        record: Any,
        judged: Set[int] = frozenset(),
        accepted: Mapping[int, Set[Place]] = MappingProxyType({}),
    ) -> AnnotatedText | Skipped:
        record = check_object(record)
        answer = check_answer(record.get("answer", "accept"))
        refuse_other_tasks(record)
        is_binary = tells_binary(record)
        if is_binary is None:
            is_binary = is_single_judgement(record) and hash_input(record) in judged
        if answer == "ignore" or (answer == "reject" and not is_binary):
            return Skipped("rejected" if answer == "reject" else "ignored")
        text = get_text(record, ("text",))
        if "spans" not in record and not is_prodigy_task(record):
            raise ValueError(f'found no "spans", expected them beside {list_keys(record)}')
        refuse_others(record)
        tokens = get_list(record, "tokens") if "tokens" in record else None
        for key in ("missing", "sent_starts"):
            if record.get(key) and tokens is None:
                raise ValueError(
                    f'found "{key}" without "tokens", expected both: it holds their indices'
                )
        by_answer: dict[str, list[Any]] = {name: [] for name in ANSWERS}
        for span in get_list(record, "spans"):
            own = span.get("answer", answer) if isinstance(span, dict) else answer
            by_answer["reject" if answer == "reject" else check_answer(own)].append(span)
        # that one label was rejected does not say that another one is wrong
        taken = accepted.get(hash_input(record), ())
        rejected = [span for span in by_answer["reject"] if not overlaps(place_of(span), taken)]
        return AnnotatedText(
            text,
            by_answer["accept"],
            tokens,
            get_list(record, "missing"),
            get_list(record, "sent_starts") if "sent_starts" in record else None,
            known_spaces=record.get("has_unknown_spaces") is not True,
            partial=is_binary,
            rejected=rejected,
        )


def check_answer(answer: Any) -> str:
    """RETURNS (str): An answer. RAISES (ValueError): If it is none."""
    if answer not in ANSWERS:
        raise ValueError(f"found the answer {show_json(answer)}, expected accept, reject or ignore")
    return str(answer)


def refuse_other_tasks(record: dict[str, Any]) -> None:
    """RAISES (ValueError): If what was annotated are no entities of the text."""
    view = record.get("_view_id")
    found = OTHERS.get(view, "") if isinstance(view, str) else ""
    if not found and "spans" not in record and "tokens" not in record:
        if "options" in record or isinstance(record.get("accept"), list):
            found = "choices"
        elif isinstance(record.get("label"), str):
            found = "text categories"
        elif "text" not in record:
            found = next((f"{key}s" for key in ("image", "audio", "video") if key in record), "")
    if found:
        raise ValueError(f'found a task of {found}, expected entities of a text under "spans"')


def list_others(record: dict[str, Any]) -> list[str]:
    """RETURNS (list[str]): Keys that hold entities, too: the usual ones, and where there are no
    "spans" any."""
    keys = SPANS if PLACE in record else [key for key in record if key != "tokens"]
    return [
        key
        for key in keys
        if key != PLACE and (is_list_of_spans(record.get(key)) or are_spans(record.get(key)))
    ]


def refuse_others(record: dict[str, Any]) -> None:
    """RAISES (ValueError): If there are entities under other keys, which would not be read."""
    others = list_others(record)
    if not others:
        return
    found = [*([PLACE] if record.get(PLACE) else []), *others]
    names = " and ".join(f'"{key}"' for key in found)
    raise ValueError(
        f'found entities under {names}, expected them under "{PLACE}" alone; rename the key, or '
        f"take one from all records, e.g. with --spans-key {found[0]}"
    )


def tells_binary(record: dict[str, Any]) -> bool | None:
    """Whether one record tells that its entities were judged and the rest of its text was not.

    RETURNS (bool | None): None: it tells neither.
    """
    if isinstance(record.get("_is_binary"), bool):
        return bool(record["_is_binary"])
    view = record.get("_view_id")
    spans = get_objects(record, "spans") if is_list_of_objects(record.get("spans")) else []
    if any("answer" in span for span in spans):
        return True  # each was judged by itself
    if view in MANUAL:
        return False
    if "answer" in record and spans and (view == BINARY or all("score" in one for one in spans)):
        return True
    return None


def find_answers(record: Any) -> Iterator[tuple[str, Place]]:
    """YIELDS (tuple[str, Place]): What was said of each span of a record, whatever is right in it,
    and where the span is."""
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return
    answer, spans = record.get("answer", "accept"), record.get("spans")
    for span in spans if isinstance(spans, list) else []:
        place = place_of(span)
        if place is not None:
            yield str(answer if answer != "accept" else span.get("answer", answer)), place


def place_of(span: Any) -> Place | None:
    """RETURNS (Place | None): The characters of a span; None: it does not say."""
    if not isinstance(span, dict):
        return None
    start, end = span.get("start"), span.get("end")
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None


def overlaps(place: Place | None, others: Iterable[Place]) -> bool:
    """RETURNS (bool): Whether a place shares a character with one of the others."""
    return place is not None and any(place[0] < end and start < place[1] for start, end in others)


def is_single_judgement(record: Any) -> bool:
    """Whether a record may be the judgement of one entity. The sessions of several annotators are
    not told from that, so they are none."""
    return (
        isinstance(record, dict)
        and "answer" in record
        and isinstance(record.get("text"), str)
        and record.get("_view_id") not in MANUAL
        and "_session_id" not in record
        and is_list_of_spans(record.get("spans"))
        and len(record["spans"]) == 1
    )


def hash_input(record: dict[str, Any]) -> int:
    """RETURNS (int): The same for the same text."""
    return hash(record["text"])


def is_prodigy_task(record: dict[str, Any]) -> bool:
    """Whether a record is certainly one of Prodigy's: it has no "spans" where there are none."""
    tokens = record.get("tokens")
    return (
        "answer" in record
        or "_task_hash" in record
        or "_view_id" in record
        or ("spans" in record and is_list_of_objects(tokens))
    )


def is_list_of_spans(value: Any) -> bool:
    return bool(value) and is_list_of_objects(value) and {"start", "end"} <= value[0].keys()


def is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
