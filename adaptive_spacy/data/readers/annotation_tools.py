"""The shapes in which annotation tools write a record: where its text and its entities are."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from adaptive_spacy.data.readers.char_spans import CharSpan
from adaptive_spacy.data.readers.tag_table import TAGS, WORDS, Tagged
from adaptive_spacy.data.schemes import UNTAGGED
from adaptive_spacy.data.source import shorten

# what tools call the same things
TEXT = ("text", "data")
SPANS = ("spans", "entities", "labels", "label")
START = ("start", "start_offset", "start_char")
END = ("end", "end_offset", "end_char")
LABEL = ("label", "labels", "type", "entity")


class Annotated(NamedTuple):
    """A record as its shape has it, still unchecked but for the types named here.

    text (str): The text.
    spans (list[Any]): The entities, each as `read_span` takes it.
    tokens (list[Any] | None): The record's own tokens, `{"text", "start", "end"}` each; None: the
        text is yet to be tokenized.
    missing (list[Any]): Indices of the tokens whose annotation is missing.
    sent_starts (list[Any] | None): Indices of the tokens that begin a sentence; None: not known.
    known_spaces (bool): Whether the spaces of the text are those of the source.
    partial (bool): Whether only the entities are annotated and what is outside is not.
    """

    text: str
    spans: list[Any]
    tokens: list[Any] | None = None
    missing: list[Any] = []  # noqa: RUF012 (never changed)
    sent_starts: list[Any] | None = None
    known_spaces: bool = True
    partial: bool = False


class Skipped(NamedTuple):
    """A record that was annotated but not accepted, or not annotated at all, and why."""

    reason: str


class Shape(NamedTuple):
    """A way to write a record.

    title (str): What it is called.
    fits (Callable[[Any], bool]): Whether a record, by its keys, is written this way.
    read (Callable[[Any], Annotated | Tagged | Skipped]): Read a record. RAISES (ValueError): If it
        is not written this way after all.
    unique (str | None): Key of what is annotated, if records in a row that share it are of several
        annotators.
    """

    title: str
    fits: Callable[[Any], bool]
    read: Callable[[Any], Annotated | Tagged | Skipped]
    unique: str | None = None


def detect_shape(record: Any) -> str | None:
    """RETURNS (str | None): Name of the first shape in `SHAPES` that fits the record, if any."""
    return next((name for name, shape in SHAPES.items() if shape.fits(record)), None)


def read_span(raw: Any) -> CharSpan:
    """Read an entity: `[start, end, label]`, or an object in any tool's words.

    RETURNS (CharSpan): Its offsets and its label.
    RAISES (ValueError): If it has another shape.
    """
    if isinstance(raw, list):
        if len(raw) != 3:
            raise ValueError(f"found the entity {quote(raw)}, expected [start, end, label]")
        start, end, label = raw
        text = None
    elif isinstance(raw, dict):
        try:
            start, end, label = (get_first(raw, keys) for keys in (START, END, LABEL))
        except KeyError as error:
            raise ValueError(
                f"found an entity with {list_keys(raw)}, expected {error.args[0]}"
            ) from None
        text = raw.get("text")
    else:
        raise ValueError(f"found the entity {quote(raw)}, expected a list or an object")
    for offset in (start, end):
        if type(offset) is not int:
            raise ValueError(f"found the offset {quote(offset)} of an entity, expected an integer")
    if isinstance(label, list):
        if len(label) != 1:
            raise ValueError(f"found {len(label)} labels of one entity, expected one: {quote(raw)}")
        (label,) = label
    check_string(label, "the label")
    if not label.strip():
        raise ValueError(f"found the label {quote(label)}, expected a name")
    return CharSpan(start, end, label, text if isinstance(text, str) else None)


def check_string(value: Any, name: str) -> None:
    """RAISES (ValueError): If a value is no string that a text file can hold."""
    if not isinstance(value, str):
        raise ValueError(f"found {quote(value)} as {name}, expected a string")
    if "\0" in value:
        raise ValueError(f"found a NUL character in {name}, expected text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"found half of a surrogate pair, \\u{ord(value[error.start]):04x}, in {name}, "
                "expected whole characters"
            ) from None


def get_first(record: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """RETURNS (Any): The value of the first of these keys. RAISES (KeyError): If there is none."""
    for key in keys:
        if key in record:
            return record[key]
    raise KeyError(f'"{keys[0]}"')


def get_text(record: dict[str, Any], keys: tuple[str, ...] = TEXT) -> str:
    """RETURNS (str): The text of a record. RAISES (ValueError): If there is none."""
    try:
        text = get_first(record, keys)
    except KeyError:
        raise ValueError(f'found no "text", expected one beside {list_keys(record)}') from None
    check_string(text, "the text")
    return text


def get_list(record: dict[str, Any], key: str) -> list[Any]:
    """RETURNS (list[Any]): What is under the key; an empty list if nothing is."""
    value = record.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f'found {quote(value)} under "{key}", expected a list')
    return value


def get_objects(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): What is under the key; an empty list if nothing is."""
    values = get_list(record, key)
    if not all(isinstance(value, dict) for value in values):
        raise ValueError(f'found {quote(values)} under "{key}", expected objects')
    return values


def check_object(record: Any) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): The record. RAISES (ValueError): If it is no object."""
    if not isinstance(record, dict):
        raise ValueError(f"found {quote(record)}, expected an object with a text and its entities")
    return record


def quote(value: Any) -> str:
    """RETURNS (str): A JSON value for messages, without the end of a long one."""
    if isinstance(value, str):
        return shorten(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"


def list_keys(record: dict[str, Any]) -> str:
    """RETURNS (str): The keys of an object, for messages."""
    if not record:
        return "no keys"
    names = sorted(record)
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"the keys {', '.join(shorten(name) for name in names[:10])}{more}"


# --- Prodigy ---------------------------------------------------------------------------------


def is_prodigy(record: Any) -> bool:
    return isinstance(record, dict) and (
        is_prodigy_task(record)
        or (isinstance(record.get("text"), str) and is_list_of_spans(record.get("spans")))
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


def read_prodigy(record: Any) -> Annotated | Skipped:
    """Prodigy's tasks. What was rejected or ignored is not read: a rejected task tells that its
    entities are wrong, not which are right. In a binary task, as `ner.teach` asks them, only the
    entity is annotated. Beside what Prodigy writes `export` has `missing` and `sent_starts`, both
    indices of tokens, and `has_unknown_spaces`."""
    record = check_object(record)
    answer = record.get("answer", "accept")
    if answer in ("reject", "ignore"):
        return Skipped("rejected" if answer == "reject" else "ignored")
    if answer != "accept":
        raise ValueError(f"found the answer {quote(answer)}, expected accept, reject or ignore")
    text = get_text(record, ("text",))
    if "spans" not in record and not is_prodigy_task(record):
        raise ValueError(f'found no "spans", expected them beside {list_keys(record)}')
    tokens = get_list(record, "tokens") if "tokens" in record else None
    for key in ("missing", "sent_starts"):
        if record.get(key) and tokens is None:
            raise ValueError(
                f'found "{key}" without "tokens", expected both: it holds their indices'
            )
    return Annotated(
        text,
        get_list(record, "spans"),
        tokens,
        get_list(record, "missing"),
        get_list(record, "sent_starts") if "sent_starts" in record else None,
        known_spaces=record.get("has_unknown_spaces") is not True,
        partial=record.get("_is_binary") is True,
    )


# --- Label Studio ----------------------------------------------------------------------------


def is_label_studio(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and isinstance(record.get("data"), dict)
        and any(key in record for key in ("annotations", "completions", "predictions"))
    )


def read_label_studio(record: Any) -> Annotated | Skipped:
    """Tasks of Label Studio's JSON export. Cancelled annotations are not read; of several that
    differ the one that is marked as ground truth is."""
    record = check_object(record)
    data = record.get("data")
    if not isinstance(data, dict):
        raise ValueError(f'found no "data", expected it beside {list_keys(record)}')
    annotations = get_objects(record, "annotations" if "annotations" in record else "completions")
    valid = [one for one in annotations if not (one.get("was_cancelled") or one.get("skipped"))]
    if not valid:
        return Skipped("cancelled" if annotations else "not annotated")
    results = [read_results(one) for one in choose_ground_truth(valid)]
    if any(spans != results[0] for spans in results):
        raise ValueError(
            f"found {len(results)} annotations that differ, expected one: mark one of them as "
            "ground truth in Label Studio, or cancel the others"
        )
    strings = [value for value in data.values() if isinstance(value, str)]
    if "text" not in data and len(strings) != 1:
        raise ValueError(f'found no "text" under "data", expected one beside {list_keys(data)}')
    text = data["text"] if "text" in data else strings[0]
    check_string(text, "the text")
    return Annotated(text, results[0])


def choose_ground_truth(annotations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): Those marked as ground truth, if any is."""
    return [one for one in annotations if one.get("ground_truth")] or annotations


def read_results(annotation: dict[str, Any]) -> list[Any]:
    """RETURNS (list[Any]): The entities of an annotation, without relations, choices and notes."""
    results = get_objects(annotation, "result")
    spans = [result.get("value") for result in results if result.get("type", "labels") == "labels"]
    return sorted(spans, key=str)


def is_label_studio_min(record: Any) -> bool:
    return isinstance(record, dict) and "annotation_id" in record


# --- plain -----------------------------------------------------------------------------------


def is_plain(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and any(isinstance(record.get(key), str) for key in TEXT)
        and any(isinstance(record.get(key), list) for key in SPANS)
    )


def is_doccano(record: Any) -> bool:
    if not is_plain(record):
        return False
    spans = find_spans(record)
    return any(isinstance(record.get(key), list) for key in ("label", "labels")) or any(
        isinstance(span, dict) and "start_offset" in span for span in spans
    )


def find_spans(record: dict[str, Any]) -> list[Any]:
    """RETURNS (list[Any]): The entities, under whichever of the usual keys they are."""
    keys = [key for key in SPANS if isinstance(record.get(key), list)]
    if not keys:
        expected = ", ".join(f'"{key}"' for key in SPANS[:-1])
        raise ValueError(
            f'found {list_keys(record)}, expected a list of entities under {expected} or "label"'
        )
    filled = [key for key in keys if record[key]] or keys[:1]
    if len(filled) > 1:
        names = " and ".join(f'"{key}"' for key in filled)
        raise ValueError(f"found entities under {names}, expected them under one key")
    return record[filled[0]]


def read_plain(record: Any) -> Annotated:
    record = check_object(record)
    return Annotated(get_text(record), find_spans(record))


def read_label_studio_min(record: Any) -> Annotated:
    """Label Studio's JSON-MIN: a record per annotation, with no key for the entities where there
    are none."""
    record = check_object(record)
    text = get_text(record, ("text",))
    has_spans = any(isinstance(record.get(key), list) for key in SPANS)
    return Annotated(text, find_spans(record) if has_spans else [])


# --- spaCy v2 --------------------------------------------------------------------------------


def is_spacy_tuple(record: Any) -> bool:
    return (
        isinstance(record, list)
        and len(record) == 2
        and isinstance(record[0], str)
        and isinstance(record[1], dict)
    )


def read_spacy_tuple(record: Any) -> Annotated:
    """spaCy v2's training data, `["text", {"entities": [[start, end, label], ...]}]`."""
    if not is_spacy_tuple(record):
        raise ValueError(f'found {quote(record)}, expected ["text", {{"entities": [...]}}]')
    text, annotations = record
    check_string(text, "the text")
    if "entities" not in annotations:
        raise ValueError(f'found {list_keys(annotations)} beside the text, expected "entities"')
    return Annotated(text, get_list(annotations, "entities"))


def is_spacy_json(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("paragraphs"), list)


def read_spacy_json(record: Any) -> Tagged:
    """A document of spaCy v2's training JSON; `-` as tag: the token is not annotated."""
    record = check_object(record)
    words: list[str] = []
    tags: list[str] = []
    starts: list[int] = []
    for paragraph in get_objects(record, "paragraphs"):
        for sentence in get_objects(paragraph, "sentences"):
            starts.append(len(words))
            for token in get_objects(sentence, "tokens"):
                if not {"orth", "ner"} <= token.keys():
                    raise ValueError(
                        f'found a token with {list_keys(token)}, expected "orth" and "ner"'
                    )
                words.append(check_word(token["orth"], len(words)))
                tags.append(read_tag(token["ner"]))
    missing = [i for i, tag in enumerate(tags) if tag == "-"]
    return Tagged(words, ["O" if tag == "-" else tag for tag in tags], missing, starts)


# --- tokens with tags ------------------------------------------------------------------------


def is_tagged(record: Any) -> bool:
    return isinstance(record, dict) and all(
        any(isinstance(record.get(key), list) for key in keys) for keys in (WORDS, TAGS)
    )


def read_tagged(record: Any) -> Tagged:
    """Tokens and a tag for each, as rows of the Hugging Face hub are written in JSON."""
    record = check_object(record)
    if not is_tagged(record):
        raise ValueError(f'found {list_keys(record)}, expected lists under "tokens" and "ner_tags"')
    words, tags = (
        next(record[key] for key in keys if isinstance(record.get(key), list))
        for keys in (WORDS, TAGS)
    )
    return Tagged(
        [check_word(word, i) for i, word in enumerate(words)], [read_tag(tag) for tag in tags]
    )


def check_word(word: Any, index: int) -> str:
    """RETURNS (str): A token. RAISES (ValueError): If it is no text."""
    check_string(word, f"token {index}")
    if not word:
        raise ValueError(f"found an empty token {index}, expected text")
    return word


def read_tag(tag: Any) -> str:
    """RETURNS (str): A tag, `UNTAGGED` for null. RAISES (ValueError): If it is no name."""
    if tag is None:
        return UNTAGGED
    if type(tag) is int:
        raise ValueError(
            f"found the number {tag} as a tag, expected its name, e.g. B-PER: nothing here says "
            "what the numbers mean"
        )
    check_string(tag, "a tag")
    if tag != tag.strip():
        raise ValueError(f"found the tag {quote(tag)}, expected no white space at its edge")
    return tag


# the shapes that are told by most come first
SHAPES = {
    "prodigy": Shape("Prodigy", is_prodigy, read_prodigy),
    "label-studio": Shape("Label Studio", is_label_studio, read_label_studio),
    "label-studio-min": Shape(
        "Label Studio JSON-MIN", is_label_studio_min, read_label_studio_min, unique="id"
    ),
    "spacy-v2": Shape("spaCy v2 tuples", is_spacy_tuple, read_spacy_tuple),
    "spacy-v2-json": Shape("spaCy v2 training data", is_spacy_json, read_spacy_json),
    "tokens": Shape("tokens with tags", is_tagged, read_tagged),
    "doccano": Shape("doccano", is_doccano, read_plain),
    "entities": Shape("texts with entities", is_plain, read_plain),
}
