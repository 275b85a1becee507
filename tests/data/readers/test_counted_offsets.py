"""How offsets count where a format has a mind of its own: pages, fields to choose, passages."""

from typing import Any

import pytest

from tests.data.readers.opened import Read, read, refuse

ADA = [("Ada", "PER")]
JAVASCRIPT = {"offsets": "utf-16"}


def task(value: dict[str, Any], kind: str, to_name: str = "text", **data: str) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): A task of Label Studio with an entity."""
    named = {"from_name": "ner", "to_name": to_name, "type": kind}
    results = [{**named, "value": {**value, kind: ["PER"]}}]
    return {"id": 1, "data": data, "annotations": [{"result": results}]}


def page(html: str, path: str, start: int, **more: Any) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): A task of a page with an entity of three units."""
    value = {"start": path, "end": path, "startOffset": start, "endOffset": start + 3, **more}
    return task(value, "hypertextlabels", text=html)


PAGES = {
    "in its node": (page("<p>🎉 Ada sings</p>", "/p[1]/text()[1]", 3), "🎉 Ada sings"),
    "in a later node": (page("<p>🎉</p><p>Ada</p>", "/p[2]/text()[1]", 0), "🎉\nAda"),
    "in the page": (
        page("<p>🎉<p>Ada", "/x[1]/text()[1]", 0, globalOffsets={"start": 2, "end": 5}),
        "🎉\nAda",
    ),
}


@pytest.mark.parametrize("quoted", [{"text": "Ada"}, {}])
@pytest.mark.parametrize("options", [{}, JAVASCRIPT])
@pytest.mark.parametrize("name", PAGES)
def test_places_in_pages_count_as_browsers_do(tmp_path, name, options, quoted):
    record, text = PAGES[name]
    result = record["annotations"][0]["result"][0]
    value = {**result["value"], **quoted}
    found = {**record, "annotations": [{"result": [{**result, "value": value}]}]}
    assert read(tmp_path, [found], **options) == [Read(text, ADA, [])]


@pytest.mark.parametrize("options", [{}, {"offsets": "exclusive"}])
def test_places_in_pages_that_only_characters_fit_are_characters(tmp_path, options):
    record = page("<p>🎉 Ada sings</p>", "/p[1]/text()[1]", 2, text="Ada")
    assert read(tmp_path, [record], **options) == [Read("🎉 Ada sings", ADA, [])]


def test_a_page_without_entities_is_read_as_its_text_too(tmp_path):
    empty = {"id": 2, "data": {"text": "<p>It <b>rains</b></p>"}, "annotations": [{"result": []}]}
    marked = page("<p>Ada</p>", "/p[1]/text()[1]", 0)
    found = read(tmp_path, [marked, empty])
    assert found == [Read("Ada", ADA, []), Read("It rains", [], [])]


def test_the_field_is_found_in_which_offsets_fit_as_they_count(tmp_path):
    value = {"start": 3, "end": 6, "text": "Ada"}
    record = task(value, "labels", to_name="x", title="x", body="🎉 Ada sings")
    assert read(tmp_path, [record], **JAVASCRIPT) == [Read("🎉 Ada sings", ADA, [])]
    # without it the one that is meant is found, and the hint leads to it
    assert refuse(tmp_path, [record]).endswith("(an emoji is two) (--offsets utf-16)")


PASSAGES = {
    "pubtator": "1|t|Éa Ada sings\n1\t4\t7\tAda\tPER\n",
    "bioc": (
        "<collection><document><id>1</id><passage><offset>0</offset><text>Éa Ada sings</text>"
        '<annotation id="1"><infon key="type">PER</infon><location offset="4" length="3"/>'
        "<text>Ada</text></annotation></passage></document></collection>"
    ),
}


@pytest.mark.parametrize("kind", PASSAGES)
def test_the_hint_of_passages_is_right_to_follow(tmp_path, kind):
    assert refuse(tmp_path, PASSAGES[kind]).endswith("bytes of UTF-8 (--offsets bytes)")
    assert read(tmp_path, PASSAGES[kind], offsets="bytes") == [Read("Éa Ada sings", ADA, [])]
