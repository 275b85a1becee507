"""What a corpus that was read wrongly looks like: warned of by `convert` and `stats`."""

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.oddities import LONG_TEXT, MANY_TYPES, find_oddities, measure
from adaptive_spacy.data.stats.collect import collect
from adaptive_spacy.data.stats.warnings import find_warnings

TAGS = "".join(f"w{i}\tB-TYPE{i}\n\n" for i in range(MANY_TYPES + 1))
CASES = {
    "no entity": ("a\tO\n\nb\tO\n", "has no entity"),
    "hundreds of types": (TAGS, f"has {MANY_TYPES + 1} entity types"),
    "parts of entities": (
        "Ada\tB-B-PER\nKing\tB-I-PER\nruns\tO\n",
        "has the types B-PER, I-PER, which look like tags of single tokens",
    ),
    "capital letters": (
        "Ada\tB-PER\n\nBen\tB-per\n",
        "has the types PER, per, which differ in case",
    ),
    "one document": (
        "Ada\tB-PER\n" + "runs\tO\n" * LONG_TEXT,
        f"has a document of {LONG_TEXT + 1:,} tokens without an end of a sentence",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_convert_and_stats_warn_with_the_number(tmp_path, case):
    text, warning = CASES[case]
    path = tmp_path / "a.conll"
    path.write_text(text)
    summary = convert([path], tmp_path / "out", split={"train": 1.0})
    assert [line for line in summary.warnings() if warning in line]
    found = list(find_warnings(collect([tmp_path / "out"])))
    assert [line for line in found if f"train {warning}" in line]


def test_convert_warns_no_more_once_the_advice_is_followed(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text(CASES["one document"][0])
    summary = convert([path], tmp_path / "out", sentences=100)
    assert summary.warnings() == []
    assert summary.splits["a"].longest == 100


def test_usual_corpora_are_not_odd():
    types = {"PER": 3}
    assert list(find_oddities("train", documents=9, types=types, longest=LONG_TEXT)) == []
    assert list(find_oddities("train", documents=0, types={}, longest=0)) == []
    cells = {"B-cell": 3, "I-band": 1, "S-1": 2}
    assert list(find_oddities("train", documents=9, types=cells, longest=0)) == []


def test_documents_with_sentences_are_not_measured():
    words = ["a", "b", "c"]
    assert measure(Doc(Vocab(), words=words)) == 3
    assert measure(Doc(Vocab(), words=words, sent_starts=[True, False, True])) == 0
