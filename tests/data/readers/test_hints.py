"""Every hint that a reader of tokens gives, followed: it leads to what the file means."""

import re
from pathlib import Path

import pytest

from adaptive_spacy.data.readers.formats import open_source

#: text, options, the hint in the message, what it gives when followed
HINTS = {
    "missing tag, O": (
        "Ada\tB-PER\nruns\n",
        {},
        ("--missing-tag O", {"missing_tag": "O"}),
        (["Ada", "runs"], [(0, 1, "PER")], []),
    ),
    "missing tag, mask": (
        "Ada\tB-PER\nruns\n",
        {},
        ("--missing-tag mask", {"missing_tag": "mask"}),
        (["Ada", "runs"], [(0, 1, "PER")], [1]),
    ),
    "missing tag, table": (
        "token,tag\nAda,B-PER\nruns,\n",
        {},
        ("--missing-tag O", {"missing_tag": "O"}),
        (["Ada", "runs"], [(0, 1, "PER")], []),
    ),
    "scheme": (
        "Ada PER\nUlm LOC\n",
        {},
        ("--scheme bare", {"scheme": "bare"}),
        (["Ada", "Ulm"], [(0, 1, "PER"), (1, 2, "LOC")], []),
    ),
    "type": (
        "Ada B\nLove I\nruns O\n",
        {},
        ("--type NAME", {"type": "PER"}),
        (["Ada", "Love", "runs"], [(0, 2, "PER")], []),
    ),
    "tag column": (
        "Ada B-PER O\nUlm O B-LOC\n",
        {},
        ("--tag-column 2", {"tag_column": 2}),
        (["Ada", "Ulm"], [(1, 2, "LOC")], []),
    ),
    "tag and token column": (
        "B-PER ADA\nO RUNS\n",
        {},
        ("--token-column 1 --tag-column 0", {"token_column": 1, "tag_column": 0}),
        (["ADA", "RUNS"], [(0, 1, "PER")], []),
    ),
    "phrases": (
        "EU NNP B-NP\nsays VBZ B-VP\n",
        {},
        ("--tag-column 2", {"tag_column": 2}),
        (["EU", "says"], [(0, 1, "NP"), (1, 2, "VP")], []),
    ),
    "repair": (
        "Ada O\nruns I-PER\n. O\n",
        {"scheme": "BIO"},
        ("--repair", {"repair": True}),
        (["Ada", "runs", "."], [(1, 2, "PER")], []),
    ),
    "sentences": (
        "Ada B-PER\nruns O\n",
        {"group": 10},
        ("--sentences 100", {"sentences": 100}),
        (["Ada", "runs"], [(0, 1, "PER")], []),
    ),
    "group": (
        "Ada B-PER\n\nruns O\n",
        {"group": "documents"},
        ("--group 10", {"group": 10}),
        (["Ada", "runs"], [(0, 1, "PER")], []),
    ),
}


@pytest.mark.parametrize("case", HINTS)
def test_hint_is_right_to_follow(tmp_path, case):
    text, options, (hint, followed), expected = HINTS[case]
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(hint)):
        open_source(path, **options)
    (sentence,) = open_source(path, **{**options, **followed})
    assert sentence[:3] == expected


#: what no option makes right
RUBBISH = {
    "words": "Ada runs\nBob walks\n",
    "numbers": "the 100\na 7\n",
    "links": "Ada\tQ7259\nruns\t_\n",
    "pairs": "Ada link=Q7259|SpaceAfter=No\nruns link=none\n",
    "a web page": "<!doctype html>\n<html>\n<body>\n</html>\n",
    "sentences and labels": "Ada runs\tgood\nBob walks\tbad\n",
    "a program": "import os\n\nprint(os)\n",
    "spellings at odds": "a B_PER\nb I:PER\nc O\n",
    "a type and its prefix": "a PER\nb O\nc B-PER\n",
    "links and words": "Ada http://x/Ada\nruns _\n",
}


@pytest.mark.parametrize("case", RUBBISH)
def test_no_hint_is_given_that_would_read_rubbish(tmp_path, case):
    path: Path = tmp_path / "file"
    path.write_text(RUBBISH[case])
    with pytest.raises(ValueError, match="expected") as error:
        open_source(path)
    assert "--scheme" not in str(error.value)
    assert "--missing-tag" not in str(error.value)
