"""Records in Python's syntax are read and never run."""

from pathlib import Path

import pytest

from adaptive_spacy.data.readers.formats import find_format
from tests.data.readers.opened import ADA, put, read, refuse

ONE = '("Ada lives in New York.", {"entities": [(0, 3, "PER"), (13, 21, "LOC")]})'
DICT = "{'text': 'Ada lives in New York.', 'entities': [(0, 3, 'PER'), (13, 21, 'LOC')]}"


@pytest.mark.parametrize(
    "text",
    [
        f"TRAIN_DATA = [{ONE}]\n",
        f"TRAIN_DATA: list = [\n    {ONE},\n]\n",
        f"import x\n\nLABELS = ['PER']\nTRAIN_DATA = [\n# first\n{ONE}]\nx.shuffle(LABELS)\n",
        f"DATA = (\n{ONE},\n)",
        f"data = [{DICT}]",
        f"[{ONE}]",
        f"[\n  {ONE.replace(chr(34), chr(39))}\n]\n",
        f"{ONE}\n",
        f"{ONE},\n",
        f"[{DICT}]",
        f"{DICT}\n",
        DICT.replace("'", '"'),
        f"x = {{'classes': ['PER'], 'annotations': [{ONE}]}}",
        f'# -*- coding: utf-8 -*-\n"""Data."""\nTRAIN_DATA = [{ONE}]\n',
        f"TRAIN_DATA = [{ONE}]".replace("lives ", 'lives "\n "'),
        "TRAIN_DATA = [['Ada lives in New York.', {'entities': [[0, 3, 'PER'], [13, 21, 'LOC']]}]]",
    ],
)
@pytest.mark.parametrize("name", ["train.py", "train.txt", "train"])
def test_literals_are_read(tmp_path, text, name):
    assert find_format(put(tmp_path, text, name)) == "python"
    assert read(tmp_path, text, name) == [ADA]


def test_lines_of_literals_are_records(tmp_path):
    assert read(tmp_path, f"{ONE}\n{ONE}\n\n{ONE}\n") == [ADA] * 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"A = [{ONE}]\nB = [{ONE}]\n", ": found A and B, expected one list"),
        (f"A = [{ONE}]\nA = [{ONE}]\n", ": found A twice, expected one list"),
        (f"A = [{ONE}]\nA += [{ONE}]\n", ": found that line 2 changes A"),
        (f"A = [{ONE}]\nA.append({ONE})\n", ": found that line 2 changes A"),
        (f"A = [{ONE}]\ndef f():\n    A.extend([])\n", ": found that line 3 changes A"),
        (f"A = [{ONE}]\n{ONE}\n", ": found A and records without a name, expected one list"),
        ('A = [("a", {"entities": [(0, len("a"), "X")]})]', ":1: found "),
        ("A = [\n  (f'{1}', {'entities': []}),\n]", ":2: found "),
        ("A = [('a', {'entities': open('x')})]", "programs are not run"),
        ("A = [('a', {'entities': []})", ": found what is no Python in line 1"),
        ("A = [('a', {'entities': {1, 2}})]", ":1: found a set, expected"),
        ("A = [('a', {1: []})]", ":1: found the keys '[1]', expected names"),
        ("A = [(b'a', {'entities': []})]", "found a bytes"),
        (f"A = [{ONE}\n]" + "(" * 300, "found"),
    ],
)
def test_what_is_no_literal_is_refused(tmp_path, text, message):
    assert message in refuse(tmp_path, text, "a.py")


def test_nothing_is_run(tmp_path):
    made = tmp_path / "made"
    text = f"import pathlib\npathlib.Path({str(made)!r}).write_text('x')\nA = [{ONE}]\n"
    assert read(tmp_path, text, "a.py") == [ADA]
    text = f"A = [('a', {{'entities': [__import__('os').mkdir({str(made)!r})]}})]\n"
    assert "programs are not run" in refuse(tmp_path, text, "a.py")
    assert not Path(made).exists()


@pytest.mark.parametrize(
    "text", ["Ada B-PER\n( O\n", "( O\n[ O\n", "'' O\n", "A = B\n", "[( O\n", "x = [ O\n"]
)
def test_tables_are_no_python(tmp_path, text):
    assert find_format(put(tmp_path, text)) == "conll"
