from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.json_formats import AnyJson
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.jsonl import make_record
from tests.data.readers.records import (
    ENTS,
    OBJECTS,
    SPACES,
    TEXT,
    TOKEN_SPANS,
    TOKENS,
    WORDS,
    prodigy,
    read_error,
    to_jsonl,
    to_sentence,
    tokenized_docs,
    write,
)
from tests.tiers import examples


def test_json_masks_what_a_binary_task_leaves_open(tmp_path):
    record = {"text": TEXT, "spans": OBJECTS[:1], "answer": "accept", "_is_binary": True}
    (sentence,) = AnyJson(write(tmp_path, to_jsonl(record)))
    assert sentence.ents == ENTS[:1]
    assert sentence.missing == [1, 2, 3, 4, 5]


def test_json_reads_tokens_without_annotation(tmp_path):
    record = {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS[1:], "missing": [5, 0, 0]}
    (sentence,) = AnyJson(write(tmp_path, to_jsonl(record)))
    assert sentence == Sentence(WORDS, ENTS[1:], [0, 5], SPACES)


#: changes to a good Prodigy task, and what is then wrong
BAD_TASKS = {
    "answer": (
        prodigy(answer="maybe"),
        "found the answer 'maybe', expected accept, reject or ignore",
    ),
    "no text": (
        {"html": "<b>Ada</b>", "spans": [], "answer": "accept"},
        "found no \"text\", expected one beside the keys 'answer', 'html', 'spans'",
    ),
    "no spans": (
        {"text": TEXT, "ents": OBJECTS},
        "found no \"spans\", expected them beside the keys 'ents', 'text'",
    ),
    "spans are no list": (prodigy(spans={}), 'found {} under "spans", expected a list'),
    "token without offsets": (
        prodigy(tokens=[{"text": "Ada", "id": 0}]),
        'found the token {"text": "Ada", "id": 0}, expected an object with "text", "start" and '
        '"end"',
    ),
    "token is a word": (
        prodigy(tokens=["Ada"]),
        'found the token \'Ada\', expected an object with "text", "start" and "end"',
    ),
    "token offset": (
        prodigy(tokens=[{"text": "Ada", "start": 0, "end": "3"}]),
        "found '3' as end of token 0, expected an integer from 0",
    ),
    "token differs from the text": (
        prodigy(tokens=[{"text": "Eda", "start": 0, "end": 3}]),
        "found token 0, 'Eda' from 0 to 3, expected tokens that follow one another; the text has "
        "'Ada' there",
    ),
    "tokens overlap": (
        prodigy(tokens=[TOKENS[0], {"text": "a lives", "start": 2, "end": 9}]),
        "found token 1, 'a lives' from 2 to 9, expected tokens that follow one another; the text "
        "has 'a lives' there",
    ),
    "tokens leave a gap": (
        prodigy(tokens=[TOKENS[0], *TOKENS[2:]]),
        "found ' lives ' in no token, expected tokens for all the text",
    ),
    "tokens end early": (
        prodigy(tokens=TOKENS[:-1]),
        "found '.' in no token, expected tokens for all the text",
    ),
    "token_start elsewhere": (
        prodigy(spans=[{**TOKEN_SPANS[1], "token_start": 2}]),
        "found token_start 2 of an entity from 13 to 21 (LOC), expected a token at these offsets; "
        "token 2 is 'in'",
    ),
    "token_end past the end": (
        prodigy(spans=[{**TOKEN_SPANS[1], "token_end": 6}]),
        "found token_end 6, expected a token from 0 to 5",
    ),
    "missing without tokens": (
        {"text": TEXT, "spans": [], "missing": [0], "answer": "accept"},
        'found "missing" without "tokens", expected both: it holds their indices',
    ),
    "missing past the end": (
        prodigy(missing=[6]),
        'found 6 under "missing", expected a token from 0 to 5',
    ),
    "sent_starts without tokens": (
        {"text": TEXT, "spans": [], "sent_starts": [0], "answer": "accept"},
        'found "sent_starts" without "tokens", expected both: it holds their indices',
    ),
    "sent_starts is no index": (
        prodigy(sent_starts=[0, "3"]),
        "found '3' under \"sent_starts\", expected a token from 0 to 5",
    ),
    "missing in an entity": (
        prodigy(missing=[4]),
        'found token 4 under "missing" and in an entity, expected one of both',
    ),
    "text of a span differs": (
        prodigy(spans=[{**OBJECTS[0], "text": "Ben"}]),
        "found 'Ben' as the text of an entity from 0 to 3 (PER), which is 'Ada'",
    ),
}


@pytest.mark.parametrize("name", BAD_TASKS)
def test_json_says_what_is_wrong_with_a_prodigy_task(tmp_path, name):
    record, message = BAD_TASKS[name]
    path = write(tmp_path, to_jsonl(prodigy(), record))
    assert read_error(path) == f"{path}:2: {message}"


@examples(150)
@given(one=tokenized_docs(), data=st.data())
def test_json_reads_back_exactly_what_export_writes(one, data):
    doc, ents = one
    free = sorted(set(range(len(doc))) - {i for start, end, _ in ents for i in range(start, end)})
    some = st.lists(st.sampled_from(free), unique=True).map(sorted) if free else st.just([])
    starts = st.lists(st.sampled_from(range(len(doc))), unique=True) if len(doc) else st.just([])
    sentence = to_sentence(doc, ents, data.draw(some))._replace(
        sent_starts=data.draw(st.none() | starts.map(lambda found: sorted({0, *found})))
        if len(doc) > 1
        else None
    )
    if data.draw(st.booleans()):
        sentence = sentence._replace(spaces=None)
    record = make_record(sentence)
    with TemporaryDirectory() as folder:
        (read,) = AnyJson(write(Path(folder), to_jsonl(record)))
    assert read == sentence
    assert make_record(read) == record
