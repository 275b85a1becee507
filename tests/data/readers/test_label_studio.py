import pytest

from adaptive_spacy.data.readers.json_formats import AnyJson
from tests.data.readers.records import (
    RESULT,
    TEXT,
    VALUES,
    read_error,
    task,
    write,
)

EMOJI = "🎉 Ada"
FIT = "; these offsets fit if they count UTF-16 units (an emoji is two) (--offsets utf-16)"

#: tasks of Label Studio, and what is wrong with them
BAD_LABEL_STUDIO = {
    "annotators differ": (
        task({"result": RESULT}, {"result": RESULT[:1]}),
        "found 2 annotations that differ, expected one: mark one of them as ground truth in Label "
        "Studio, or cancel the others",
    ),
    "no data": (
        {"annotations": []},
        "found no \"data\", expected it beside the keys 'annotations'",
    ),
    "no text": (
        task({"result": RESULT}, title="a", body="b"),
        "found no field that the entities of the control for 'text' fit, expected one of 'title', "
        "'body'; call the field of the text as \"to_name\" does",
    ),
    "HTML": (
        task({"result": [{"type": "labels", "value": {**VALUES[0], "start": "/p[1]/text()[1]"}}]}),
        "found the offset '/p[1]/text()[1]' of an entity, expected an integer",
    ),
    "UTF-16 offsets": (
        task(
            {"result": [{"value": {"start": 3, "end": 6, "text": "Ada", "labels": ["PER"]}}]},
            text=EMOJI,
        ),
        f"found an entity from 3 to 6 (PER), expected offsets up to 5, the length of the text{FIT}",
    ),
    "UTF-16 offsets inside the text": (
        task(
            {"result": [{"value": {"start": 3, "end": 6, "text": "Ada", "labels": ["PER"]}}]},
            text=f"{EMOJI} is",
        ),
        "found 'Ada' as the text of an entity from 3 to 6 (PER), which is 'da '" + FIT,
    ),
    "annotations are no objects": (
        {"data": {"text": TEXT}, "annotations": [1]},
        'found [1] under "annotations", expected objects',
    ),
    "results are no objects": (
        task({"result": ["Ada"]}),
        'found ["Ada"] under "result", expected objects',
    ),
}


@pytest.mark.parametrize("name", BAD_LABEL_STUDIO)
def test_json_says_what_is_wrong_with_a_label_studio_task(tmp_path, name):
    record, message = BAD_LABEL_STUDIO[name]
    path = write(tmp_path, [task({"result": RESULT}), record])
    assert read_error(path) == f"{path}: record 2: {message}"


@pytest.mark.parametrize(
    ("order", "record"),
    [
        ([(1, 1), (2, 1), (2, 2), (3, 1)], 3),
        # sorted by who annotated them
        ([(1, 1), (2, 1), (3, 1), (2, 2)], 4),
    ],
)
def test_json_refuses_several_annotations_of_a_task_in_json_min(tmp_path, order, record):
    records = [
        {"id": task, "text": TEXT, "label": VALUES, "annotator": annotator, "annotation_id": task}
        for task, annotator in order
    ]
    path = write(tmp_path, records)
    assert read_error(path) == (
        f"{path}: record {record}: found a second annotation of task 2, expected one of each "
        "text; export JSON, where one of several annotations can be marked as ground truth"
    )


def test_json_min_reads_tasks_that_are_named_otherwise_or_not_at_all(tmp_path):
    names = [1, "1", *(f"{'a' * 100}{one}" for one in "bc"), None, None]
    records = [{"id": name, "text": TEXT, "label": VALUES, "annotation_id": 1} for name in names]
    assert len(list(AnyJson(write(tmp_path, records)))) == len(names)
