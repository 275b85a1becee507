"""Texts with their entities marked in them."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import given

from adaptive_spacy.data.readers.formats import find_format, open_source
from tests.data.readers.opened import ADA, TEXT, Read, put, read, refuse
from tests.data.readers.records import annotated_docs, tagged_sentences, to_lists, to_sentence
from tests.tiers import examples

PLAIN = Read("Nobody.", [], [])


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("inline-tags", "<PER>Ada</PER> lives in <LOC>New York</LOC>.\nNobody.\n"),
        (
            "inline-tags",
            '<s><ENAMEX TYPE="PER">Ada</ENAMEX> lives in <ENAMEX type="LOC">New York</ENAMEX>.</s>'
            "\n<S>Nobody.</S>\n",
        ),
        (
            "inline-tags",
            "<DOC>\n<TEXT>\n<p><PER id='1'>Ada</PER> lives in <LOC >New York</LOC>.</p>\nNobody.\n"
            "</TEXT>\n</DOC>\n",
        ),
        ("links", "[Ada](PER) lives in [New York](LOC).\r\n\r\nNobody.\r\n"),
        ("links", '[Ada]{"entity": "PER"} lives in [New York](LOC:NY).\nNobody.'),
        ("links", '["[Ada](PER) lives in [New York](LOC).", "Nobody."]'),
        ("links", '[\n "[Ada](PER) lives in [New York](LOC).",\n "Nobody."\n]\n'),
        ("inline-tags", '["<PER>Ada</PER> lives in <LOC>New York</LOC>.", "Nobody.", ""]'),
        ("braces", "{{PER:Ada}} lives in {{LOC:New York}}.\n\nNobody.\n"),
        ("braces", '["{{PER:Ada}} lives in {{LOC:New York}}.",\n"Nobody."]'),
    ],
)
def test_marks_are_read(tmp_path, format, text):
    assert find_format(put(tmp_path, text)) == format
    assert read(tmp_path, text) == [ADA, PLAIN]


def test_what_is_escaped_is_unescaped(tmp_path):
    text = "<ORG>AT&amp;T</ORG> &lt;PER&gt; R&D &#169; a < b > c\n"
    (found,) = read(tmp_path, text, lang="en")
    assert found.text == "AT&T <PER> R&D © a < b > c"
    assert found.ents == [("AT&T", "ORG")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<PER>Ada", "found <PER> without </PER> in its line"),
        ("Ada</PER>", "found '</PER>', expected <PER> before it"),
        ("<PER>Ada</LOC>", "found '</LOC>', expected <LOC> before it"),
        ("<PER>Ada of <LOC>Paris</LOC></PER>", "found '<LOC>' within <PER>, expected none"),
        ("<PER></PER> x", "expected its end after its start"),
        ("<PER> Ada</PER> x", "with white space at its edge"),
        ("x<PER>yz</PER>", "expected whole tokens"),
        ("<p>x <b>y</b></p>", "found '<b>', an element of HTML"),
    ],
)
def test_tags_that_do_not_fit_are_refused(tmp_path, line, message):
    assert message in refuse(tmp_path, f"<PER>Ada</PER> sings\n{line}\n")


@pytest.mark.parametrize("target", ["ada.html", "#top", "pages/ada", "ftp://x", "Ada.PNG"])
def test_links_to_pages_are_no_types(tmp_path, target):
    message = refuse(tmp_path, f"[Emma](PER) left\n[Ada]({target}) sings\n")
    assert f":2: found the link '[Ada]({target})', expected a type in parentheses" in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{{Ada}} sings", "found '{{Ada}} sings', expected marks like {{PER:Ada}}"),
        ("{{PER:Ada}", "expected marks like {{PER:Ada}}, none in another"),
        ("{{PER:{{ORG:Ada}}}}", "none in another"),
        ("{{ :Ada}}", "expected marks like {{PER:Ada}}"),
        ("{{PER: Ada}}", "with white space at its edge"),
    ],
)
def test_braces_that_do_not_fit_are_refused(tmp_path, line, message):
    assert message in refuse(tmp_path, f"{{{{PER:Ada}}}} sings\n{line}\n")


def test_braces_are_read_where_there_are_no_spaces(tmp_path):
    (found,) = read(tmp_path, "{{per:王小明}}住在{{loc:上海}}。\n", lang="zh")
    assert found == Read("王小明住在上海。", [("王小明", "per"), ("上海", "loc")], [])
    assert "--lang zh makes tokens" in refuse(tmp_path, "{{per:王小明}}住在上海。\n")


@pytest.mark.parametrize(
    "text",
    [
        '{"page": "<b>Ada</b> sings"}\n',
        '{"page": "<START:PER> Ada <END> sings"}\n',
        '{"page": "[Ada](PER) sings"}\n',
        '{"page": "{{PER:Ada}} sings"}\n',
    ],
)
def test_marks_within_objects_are_no_texts_of_their_own(tmp_path, text):
    assert find_format(put(tmp_path, text)) == "jsonl"
    assert "found the keys 'page', expected a record" in refuse(tmp_path, text)


def test_strings_of_a_list_are_named_by_their_number(tmp_path):
    assert " record 2: found <PER> without" in refuse(tmp_path, ["<PER>Ada</PER>", "<PER>x"])
    assert " record 2: found 7 as a text" in refuse(tmp_path, ["[Ada](PER)", 7])
    assert " record 3: found 7 as a text" in refuse(tmp_path, '["[Ada](PER)",\n"x",\n7]')


OPENNLP = "<START:PER> Ada <END> lives in <START:LOC> New York <END> .\nNobody .\n"


def test_opennlp_is_read(tmp_path):
    assert find_format(put(tmp_path, OPENNLP)) == "opennlp"
    ents = [("Ada", "PER"), ("New York", "LOC")]
    plain = Read("Nobody .", [], [])
    assert read(tmp_path, OPENNLP) == [Read("Ada lives in New York .", ents, []), plain]
    assert read(tmp_path, OPENNLP.replace(":PER", ""))[0].ents[0] == ("Ada", "default")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" <END> .", " .", "found <START:LOC> without <END> in its line"),
        ("<START:PER> Ada", "Ada", "found <END>, expected <START:TYPE> before it"),
        ("<START:PER> Ada <END>", "<START:PER> <END>", "found an entity without a token"),
        ("New", "<START:X> New", "found '<START:X>' within another entity"),
    ],
)
def test_opennlp_that_does_not_fit_is_refused(tmp_path, old, new, message):
    assert message in refuse(tmp_path, OPENNLP.replace(old, new), format="opennlp")


@pytest.mark.parametrize(
    "text",
    ["[Ada] O\n[x](y)\tO\n", "<s>\tO\n</s>\tO\n", "Ada\tB-PER\n<b>x</b>\tO\n", "a (b) O\n"],
)
def test_tables_are_no_marked_texts(tmp_path, text):
    assert find_format(put(tmp_path, text)) == "conll"


@examples(40)
@given(one=annotated_docs())
def test_tags_are_read_as_they_were_written(one, tmp_path_factory):
    doc, ents = one
    if not doc.text.strip() or doc.text != doc.text.strip() or len(doc.text.splitlines()) > 1:
        return
    parts, at = [], 0
    for start, end, label in to_lists(doc, ents):
        name = "".join(char for char in label if char.isascii() and char.isalpha())
        parts += [escape(doc.text[at:start]), f"<{name}>{escape(doc.text[start:end])}</{name}>"]
        at = end
    text = "".join(parts) + escape(doc.text[at:])
    (found,) = open_source(put(tmp_path_factory.mktemp("x"), text), format="inline-tags")
    expected = to_sentence(doc, ents)
    assert found.words == expected.words
    assert [one[:2] for one in found.ents] == [one[:2] for one in expected.ents]


@examples(40)
@given(sentence=tagged_sentences())
def test_opennlp_is_read_as_it_was_written(sentence, tmp_path_factory):
    words = list(sentence.words)
    for start, end, label in sentence.ents:
        words[start] = f"<START:{label.replace(' ', '_')}> {words[start]}"
        words[end - 1] = f"{words[end - 1]} <END>"
    path = put(tmp_path_factory.mktemp("x"), " ".join(words))
    (found,) = open_source(path, format="opennlp")
    assert found.words == sentence.words
    assert [one[:2] for one in found.ents] == [one[:2] for one in sentence.ents]


def test_a_file_of_text_alone_is_not_taken(tmp_path):
    assert find_format(put(tmp_path, f"{TEXT}\n" * 9)) == "conll"
