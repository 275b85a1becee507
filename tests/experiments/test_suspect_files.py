"""What a tool cannot hold is no task of it: what is not annotated would be outside there."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, Span

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.experiments.suspect_files import write_suspects
from adaptive_spacy.experiments.suspects import Suspect
from adaptive_spacy.ner.tags import Entity

REASON = (
    "Documents left out: 1; document 2: found 2 tokens without annotation, which {title} cannot "
    "hold; JSONL can (--format prodigy)"
)


def make_docs() -> tuple[list[Doc], list[Suspect]]:
    vocab = spacy.blank("xx").vocab
    whole, part = (Doc(vocab, words=["Ada", "met", "Bob"]) for _ in range(2))
    whole.set_ents([Span(whole, 0, 1, "PER")], default="outside")
    part.set_ents([Span(part, 0, 1, "PER")], missing=[part[1:3]], default="outside")
    suspects = [
        Suspect(i, "type", 0.9, "Ada", Entity(0, 1, "PER"), Entity(0, 1, "LOC"), None, 0.9, 0, 0)
        for i in (1, 0)
    ]
    return [whole, part], suspects


@pytest.mark.parametrize(
    ("tool", "title"), [("doccano", "doccano"), ("label-studio", "Label Studio")]
)
def test_doc_that_a_tool_cannot_hold_is_left_out_and_counted(
    tmp_path: Path, tool: str, title: str
) -> None:
    docs, suspects = make_docs()
    path = tmp_path / "look.json"
    written = write_suspects(suspects, docs, path, format=tool)
    assert written.records == 1
    assert written.notes() == [REASON.format(title=title)]
    convert([path], tmp_path / "corpus", format=tool)
    (back,) = read_docs(tmp_path / "corpus" / "look.spacy", docs[0].vocab)
    assert back.to_array("ENT_IOB").tolist() == docs[0].to_array("ENT_IOB").tolist()
    # of nothing else there is no file
    with pytest.raises(ValueError, match=f"^--format {tool}: expected documents to write; Docum"):
        write_suspects(suspects[:1], docs, tmp_path / "none.json", format=tool)
    assert not (tmp_path / "none.json").exists()


def test_tool_that_can_hold_it_gets_it_as_it_is(tmp_path: Path) -> None:
    docs, suspects = make_docs()
    for format in ("prodigy", "spans"):
        written = write_suspects(suspects, docs, tmp_path / format, format=format)
        assert written == (2, {})
        assert written.notes() == []
    convert([tmp_path / "prodigy"], tmp_path / "corpus")
    back = read_docs(tmp_path / "corpus" / "prodigy.spacy", docs[0].vocab)
    assert [one.to_array("ENT_IOB").tolist() for one in back] == [[3, 0, 0], [3, 2, 2]]
