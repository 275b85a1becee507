"""What was exported is read again: of many docs the one that does not come back is named."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.vocab import Vocab

from adaptive_spacy.data import read_back
from adaptive_spacy.data.export import export
from adaptive_spacy.data.readers.formats import recognise
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.conll import ConllWriter
from adaptive_spacy.data.writers.formats import WRITERS
from adaptive_spacy.data.writers.json_records import DoccanoWriter
from tests.data.writers.stored import store

ADA = Sentence(["Ada", "sings"], [(0, 1, "PER")], [])


@pytest.mark.parametrize(
    ("format", "doc", "problem"),
    [
        ("conll-2012", Sentence(["a b"], [], []), "found the token 'a b', which CoNLL-2012 cannot"),
        ("webanno", Sentence(["a"], [], [0]), "found 1 tokens without annotation, which WebAnno"),
        ("lines", Sentence(["a"], [(0, 1, "a|b")], []), "found the type 'a|b', which lines of"),
        (
            "links",
            Sentence(["[a](B)"], [], []),
            "found the text '[a](B)', read again as 'a',",
        ),
        (
            "rasa",
            Sentence(["a\n"], [], []),
            r"found the text 'a\n', which Rasa NLU cannot",
        ),
        ("conllu", Sentence(["a", "b"], [(0, 2, "X")], [], None, [0, 1]), "found an entity across"),
        (
            "doccano",
            Sentence(["a", " "], [(1, 2, "X")], []),
            "found an entity from 2 to 3 (X) that covers only white space, expected text; doccano "
            "cannot hold it, JSONL can",
        ),
        (
            "doccano",
            Sentence(["pre", "war"], [(0, 1, "X")], [], [False, False]),
            "found 'pre' (0 to 3, X), which ends inside the token 'prewar' (0 to 6), expected "
            "whole tokens; doccano has no tokens, and --lang xx makes others: another --lang may "
            "make these, JSONL holds them",
        ),
        ("hub", Sentence(["a\0"], [], []), "found a NUL character in token 0, expected text; Hug"),
    ],
)
def test_doc_that_does_not_come_back_is_named(tmp_path, format, doc, problem):
    corpus = [ADA] * 9 + [doc] + [ADA] * 3
    path = store(tmp_path, *corpus)
    (tmp_path / "out").write_text("as it was")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        export(path, tmp_path / "out", format=format)
    assert str(error.value).startswith(f"{path}: doc 10: {problem}")
    assert "\n" not in str(error.value)
    assert (tmp_path / "out").read_text() == "as it was"


@pytest.mark.parametrize("place", [0, 1])
def test_byte_order_mark_that_would_be_read_as_one_is_found(tmp_path, place):
    """Readers drop it at the start of any line, as files are joined."""
    docs = [ADA, ADA]
    docs[place] = Sentence(["\ufeffa"], [], [])
    found = rf"doc {place + 1}: found the text '.ufeffa', read again as 'a'"
    with pytest.raises(ValueError, match=found):
        export(store(tmp_path, *docs), tmp_path / "out", format="links")
    assert not (tmp_path / "out").exists()


def test_output_may_be_a_pipe(tmp_path):
    path = store(tmp_path, ADA)
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        text = pool.submit((tmp_path / "pipe").read_text)
        export(path, tmp_path / "pipe", format="lines")
        assert text.result() == "Ada|B-PER sings|O\n"
    with pytest.raises(ValueError, match="doc 1: found 1 tokens without annotation"):
        export(store(tmp_path, ADA._replace(missing=[1])), tmp_path / "pipe", format="links")


@pytest.mark.parametrize("format", WRITERS)
def test_written_format_is_recognised_or_named(tmp_path, format):
    """In a name that says nothing."""
    path = store(tmp_path, ADA)
    assert export(path, tmp_path / "out", format=format).notes() == [
        *(
            ["Docs whose spaces are not known: 1, written with one each"]
            if WRITERS[format].holds.spaces and format not in ("jsonl", "prodigy")
            else []
        )
    ]
    assert WRITERS[recognise(tmp_path / "out")] is WRITERS[format]


def test_format_that_nothing_tells_is_named(tmp_path):
    exported = export(store(tmp_path, ADA._replace(ents=[])), tmp_path / "out", format="links")
    assert exported.notes()[0] == "--format links reads it back: nothing in it tells the format"


def test_scheme_is_for_formats_of_tags(tmp_path):
    path = store(tmp_path, ADA)
    export(path, tmp_path / "out", format="csv", scheme="bmes")
    assert "Ada,S-PER" in (tmp_path / "out").read_text()
    for format, title in (("doccano", "doccano"), ("jsonl", "JSONL"), ("prodigy", "JSONL")):
        with pytest.raises(ValueError, match=f"--scheme: expected a format of tags, {title} has"):
            export(path, tmp_path / "out", format=format, scheme="BMES")


def test_writer_that_loses_something_is_caught(tmp_path, monkeypatch):
    """A bug of a writer, too, is refused and not written."""
    path = store(tmp_path, *[ADA] * 5, Sentence(["Ulm"], [(0, 1, "LOC")], []))
    write = ConllWriter.format
    monkeypatch.setattr(
        ConllWriter, "format", lambda *args: write(*args).replace("Ulm\tB-LOC", "Ulm\tO")
    )
    with pytest.raises(ValueError, match=r"doc 6: found the entity 'Ulm' \(LOC\), read again"):
        export(path, tmp_path / "out.conll")
    monkeypatch.setattr(DoccanoWriter, "format", lambda *_: "")
    with pytest.raises(ValueError, match="doc 1: found docs of which doccano gives one less back"):
        export(path, tmp_path / "out.jsonl", format="doccano")
    monkeypatch.setattr(read_back.ReadBack, "_locate", lambda *_: (0, ""))
    with pytest.raises(ValueError, match=r"in\.spacy: found the entity 'Ulm'"):
        export(path, tmp_path / "out.conll")
    assert [one.name for one in tmp_path.iterdir()] == ["in.spacy"]


def test_what_is_no_entity_is_counted(tmp_path):
    doc = Doc(Vocab(), words=["Ada", "sings"])
    doc.set_ents([Span(doc, 0, 1, label="PER", kb_id="Q7259")])
    doc.spans["sc"] = SpanGroup(doc, spans=[Span(doc, 0, 2, label="X"), Span(doc, 0, 1, label="Y")])
    doc.spans["none"] = []
    doc.cats = {"A": 1.0, "B": 0.0}
    docbin = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "ENT_KB_ID"], docs=[doc], store_user_data=True)
    docbin.to_disk(tmp_path / "in.spacy")
    exported = export(tmp_path / "in.spacy", tmp_path / "out.conll")
    assert exported.notes()[-1] == (
        "Not written, as only entities are: span groups 1, links of entities 1, text categories 2"
    )
