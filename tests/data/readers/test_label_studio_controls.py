"""Label Studio: controls of any name, the field that each marks, and tasks that are no entities."""

from typing import Any

import pytest

from tests.data.readers.opened import Read, read, refuse


def result(
    start: Any, end: Any, text: str | None = None, *, kind: str = "labels", **more: Any
) -> dict[str, Any]:
    value = {"start": start, "end": end, kind: ["PER"], **more.pop("value", {})}
    if text is not None:
        value["text"] = text
    names = {"from_name": "ner", "to_name": "text", "id": "a"}
    return {**names, "type": kind, "value": value, **more}


def task(results: list[Any], **data: Any) -> dict[str, Any]:
    return {"id": 1, "data": data, "annotations": [{"result": results}]}


ADA = [("Ada", "PER")]


@pytest.mark.parametrize("control", ["ner", "label", "entities", "My labels", "x1"])
@pytest.mark.parametrize("target", ["text", "txt", "$text", "document"])
def test_controls_may_have_any_name(tmp_path, control, target):
    one = result(0, 3, "Ada", from_name=control, to_name=target)
    assert read(tmp_path, [task([one], text="Ada sings")]) == [Read("Ada sings", ADA, [])]
    record = {"id": 1, "text": "Ada sings", control: [one["value"]], "annotation_id": 1}
    assert read(tmp_path, [record]) == [Read("Ada sings", ADA, [])]


@pytest.mark.parametrize("control", ["ner", "label", "entities", "x1"])
def test_controls_tell_the_export_without_its_other_keys(tmp_path, control):
    value = {"start": 0, "end": 3, "labels": ["PER"]}
    records = [{"text": "Ada sings", control: [value]}, {"text": "It rains"}]
    assert read(tmp_path, records) == [Read("Ada sings", ADA, []), Read("It rains", [], [])]


@pytest.mark.parametrize("target", ["title", "$title", "headline"])
@pytest.mark.parametrize("body", ["text", "body", "aaa"])
def test_the_field_that_is_marked_is_read(tmp_path, target, body):
    tasks = [
        task([result(0, 3, "Ada", to_name=target)], title="Ada sings", **{body: "Bob, too."}),
        task([], title="Nobody", **{body: "But Bob."}),
    ]
    assert read(tmp_path, tasks) == [Read("Ada sings", ADA, []), Read("Nobody", [], [])]
    values = [one["annotations"][0]["result"] for one in tasks]
    records = [
        {**one["data"], "annotation_id": i, "ner": [found["value"] for found in results]}
        for i, (one, results) in enumerate(zip(tasks, values, strict=True))
    ]
    assert read(tmp_path, records) == [Read("Ada sings", ADA, []), Read("Nobody", [], [])]


def test_fields_that_fit_alike_are_not_guessed(tmp_path):
    one = result(0, 3, "Ada", to_name="x")
    message = refuse(tmp_path, [task([one], title="Ada sings", body="Ada runs")])
    assert "found several fields that the entities of the control for 'x' fit" in message
    # what another task shows decides for all
    other = task([result(0, 3, "Bob", to_name="x")], title="Bob", body="Joe")
    found = read(tmp_path, [task([one], title="Ada sings", body="Ada runs"), other])
    assert [one.text for one in found] == ["Ada sings", "Bob"]


def test_two_marked_fields_are_two_texts(tmp_path):
    results = [result(0, 3, "Ada", to_name="title"), result(0, 3, "Bob", to_name="body")]
    tasks = [task(results, title="Ada", body="Bob"), task([], title="x", body="y")]
    assert [one.text for one in read(tmp_path, tasks)] == ["Bob", "Ada", "y", "x"]


def test_several_controls_are_chosen_by_option(tmp_path):
    results = [result(0, 3, "Ada"), result(4, 9, "sings", from_name="pos")]
    tasks = [task(results, text="Ada sings")]
    message = refuse(tmp_path, tasks)
    assert "controls 'ner' and 'pos', expected those of one; --spans-key ner takes" in message
    assert read(tmp_path, tasks, spans_key="ner")[0].ents == ADA
    assert len(read(tmp_path, tasks, spans_key="ner,pos")[0].ents) == 2
    assert "controls that mark entities, ner, pos, got x" in refuse(tmp_path, tasks, spans_key="x")


def paragraph(index: int, last: int | None = None) -> dict[str, Any]:
    offsets = {"startOffset": 0, "endOffset": 3}
    end = str(index if last is None else last)
    return result(str(index), end, "Ada", kind="paragraphlabels", to_name="talk", value=offsets)


@pytest.mark.parametrize("key", ["text", "utterance"])
def test_a_dialogue_becomes_a_text_per_paragraph(tmp_path, key):
    talk = [{"author": "x", key: "Hi"}, {"author": "y", key: "Ada here"}]
    found = read(tmp_path, [task([paragraph(1)], talk=talk)])
    assert found == [Read("Hi", [], []), Read("Ada here", ADA, [])]
    message = refuse(tmp_path, [task([paragraph(0, 1)], talk=talk)])
    assert "from paragraph '0' to '1', expected one within a paragraph" in message
    assert "expected one from 0 to 1" in refuse(tmp_path, [task([paragraph(7)], talk=talk)])


def page(start: str, offset: int, text: str, at: int | None = None) -> dict[str, Any]:
    value: dict[str, Any] = {"startOffset": offset, "endOffset": offset + 3}
    if at is not None:
        value["globalOffsets"] = {"start": at, "end": at + 3}
    return result(start, start, text, kind="hypertextlabels", to_name="html", value=value)


@pytest.mark.parametrize(
    ("html", "region", "text"),
    [
        ("<p>Ada sings</p>", page("/p[1]/text()[1]", 0, "Ada"), "Ada sings"),
        ("<p>Hi</p><p>Ada</p>", page("/p[2]/text()[1]", 0, "Ada", 2), "Hi\nAda"),
        ("<div>a <b>x</b> Ada</div>", page("/div[1]/text()[2]", 1, "Ada"), "a x Ada"),
        ("a &amp; Ada", page("/text()[1]", 4, "Ada"), "a & Ada"),
        ("a<br>Ada", page("/text()[2]", 0, "Ada"), "a\nAda"),
        # a path that another parser made: the offset decides
        ("<p>x<p>Ada", page("/p[2]/text()[1]", 0, "Ada", 1), "x\nAda"),
        ("Ada sings", page("/div[1]/text()[1]", 0, "Ada", 0), "Ada sings"),
    ],
)
def test_pages_are_read_as_their_text(tmp_path, html, region, text):
    found = read(tmp_path, [task([region], html=html)])
    assert [(one.text.strip(), one.ents) for one in found] == [(text, ADA)]


def test_a_place_that_is_not_on_the_page_is_refused(tmp_path):
    message = refuse(tmp_path, [task([page("/p[9]/text()[1]", 0, "Ada")], html="<p>Ada</p>")])
    assert "found an entity at '/p[9]/text()[1]', expected a place of the page" in message
    message = refuse(tmp_path, [task([page("/p[1]/text()[1]", 0, "Bob")], html="<p>Ada</p>")])
    assert "found 'Bob' as the text of an entity at" in message


MARKS = {
    "rectanglelabels": {"x": 1, "y": 1, "width": 2, "rectanglelabels": ["Car"]},
    "polygonlabels": {"points": [[1, 2]], "polygonlabels": ["Car"]},
    "brushlabels": {"format": "rle", "brushlabels": ["Car"]},
    "choices": {"choices": ["Good"]},
    "textarea": {"text": ["Ada"]},
    "rating": {"rating": 3},
    "timeserieslabels": {"start": 1, "end": 2, "timeserieslabels": ["x"]},
    "labels": {"start": 0.5, "end": 2.5, "channel": 0, "labels": ["Speech"]},
}


@pytest.mark.parametrize("kind", MARKS)
def test_other_tasks_are_refused_by_name(tmp_path, kind):
    one = {"from_name": "x", "to_name": "y", "type": kind, "value": MARKS[kind]}
    name = "labels of recordings" if kind == "labels" else kind
    message = refuse(tmp_path, [task([one], image="http://x.org/a.png")])
    assert message == (
        f": found tasks of {name}, expected entities in texts: labels, hypertextlabels or "
        "paragraphlabels"
    )
    if kind.endswith("labels"):
        record = {"image": "http://x.org/a.png", "y": [MARKS[kind]], "annotation_id": 1}
        assert f": found tasks of {name}" in refuse(tmp_path, [record])


def test_choices_beside_entities_are_left_out(tmp_path):
    one = {"from_name": "x", "to_name": "text", "type": "choices", "value": MARKS["choices"]}
    tasks = [task([one, result(0, 3, "Ada")], text="Ada"), task([one], text="Nobody")]
    assert [len(found.ents) for found in read(tmp_path, tasks)] == [1, 0]


def test_choices_in_json_min_are_no_texts_without_entities(tmp_path):
    for value in ("Good", {"choices": ["Good"]}):
        message = refuse(tmp_path, [{"id": 1, "text": "x", "mood": value, "annotation_id": 1}])
        assert "choices" in message or "found no entities, but the fields 'mood', 'text'" in message


@pytest.mark.parametrize(
    "link", ["https://x.org/a.txt", "s3://b/a.txt", "gs://b/a", "/data/upload/1/a.txt", "http://x"]
)
def test_a_link_is_no_text(tmp_path, link):
    tasks = [task([result(0, 3)], text=link)]
    assert f"found the link {link!r} as the text" in refuse(tmp_path, tasks)


CSV = (
    'text,id,ner,annotator,annotation_id,lead_time\r\n"Ada, sings",1,'
    '"[{""start"":0,""end"":3,""text"":""Ada"",""labels"":[""PER""]}]",1,2,3.5\r\n'
    "Nobody,2,,1,3,3.5\r\n"
)


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("control", ["ner", "label", "my_labels"])
def test_csv_of_label_studio_is_read(tmp_path, delimiter, control):
    text = CSV.replace("ner", control)
    if delimiter == "\t":
        text = CSV.replace("Ada, sings", "Ada; sings").replace(",", "\t")
        text = text.replace('""\t""', '"",""').replace("0\t", "0,").replace('3\t""t', '3,""t')
    found = read(tmp_path, text)
    assert [one.ents for one in found] == [ADA, []]
