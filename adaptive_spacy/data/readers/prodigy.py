"""Prodigy's tasks: a text, its tokens and its spans, as JSONL."""

from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import JsonRecords, Skipped
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.record_fields import check_object, get_list, get_text, list_keys


class Prodigy(JsonRecords):
    """Tasks of Prodigy. What was rejected or ignored is not read: a rejected task tells that its
    entities are wrong, not which are right. In a binary task, as `ner.teach` asks them, only the
    entity is annotated. Beside what Prodigy writes `export` has `missing` and `sent_starts`, both
    indices of tokens, and `has_unknown_spaces`."""

    title = "Prodigy"
    limits = "rejected and ignored tasks; relations; choices"

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and (
            is_prodigy_task(record)
            or (isinstance(record.get("text"), str) and is_list_of_spans(record.get("spans")))
        )

    @staticmethod
    def read(record: Any) -> AnnotatedText | Skipped:
        record = check_object(record)
        answer = record.get("answer", "accept")
        if answer in ("reject", "ignore"):
            return Skipped("rejected" if answer == "reject" else "ignored")
        if answer != "accept":
            raise ValueError(
                f"found the answer {show_json(answer)}, expected accept, reject or ignore"
            )
        text = get_text(record, ("text",))
        if "spans" not in record and not is_prodigy_task(record):
            raise ValueError(f'found no "spans", expected them beside {list_keys(record)}')
        tokens = get_list(record, "tokens") if "tokens" in record else None
        for key in ("missing", "sent_starts"):
            if record.get(key) and tokens is None:
                raise ValueError(
                    f'found "{key}" without "tokens", expected both: it holds their indices'
                )
        return AnnotatedText(
            text,
            get_list(record, "spans"),
            tokens,
            get_list(record, "missing"),
            get_list(record, "sent_starts") if "sent_starts" in record else None,
            known_spaces=record.get("has_unknown_spaces") is not True,
            partial=record.get("_is_binary") is True,
        )


def is_prodigy_task(record: dict[str, Any]) -> bool:
    """Whether a record is certainly one of Prodigy's: it has no "spans" where there are none."""
    tokens = record.get("tokens")
    return (
        "answer" in record
        or "_task_hash" in record
        or ("spans" in record and is_list_of_objects(tokens))
    )


def is_list_of_spans(value: Any) -> bool:
    return bool(value) and is_list_of_objects(value) and {"start", "end"} <= value[0].keys()


def is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
