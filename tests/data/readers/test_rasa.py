"""Rasa's training data of NLU."""

import pytest

from adaptive_spacy.data.readers.formats import find_format
from tests.data.readers.opened import Read, put, read, refuse

FOUND = [
    Read("I am Ada in NY", [("Ada", "PER"), ("NY", "LOC")], []),
    Read("hi: there # you", [], []),
]
LINES = '- I am [Ada](PER) in [NY]{"entity": "LOC", "value": "New York"}\n- hi: there # you\n'
BLOCK = "".join(f"    {line}\n" for line in LINES.splitlines())
YAML = f"""version: "3.1"

nlu:
- intent: greet
  examples: |
{BLOCK}
- synonym: New York
  examples: |
    - NY [x](y)
- lookup: cities
  examples: |
    - Paris
- regex: zip
  examples: |
    - \\d{{5}}
stories:
- story: x
  steps:
  - intent: greet
"""
MARKDOWN = f"""<!-- made by hand -->
## intent:greet
{LINES}
## synonym:New York
- NY [x](y)

## lookup:cities
data/cities.txt
## regex:zip
- [0-9]{{5}}
"""


@pytest.mark.parametrize(
    "text",
    [
        YAML,
        YAML.replace("\n", "\r\n"),
        YAML.replace('version: "3.1"\n\n', ""),
        YAML.replace("  examples: |", "  use_entities: true\n  examples: |", 1),
        MARKDOWN,
        MARKDOWN.replace("## intent:", "## intent: "),
        MARKDOWN.replace("\n- ", "\n* "),
        MARKDOWN.replace("(PER)", "(PER:a value)"),
    ],
)
def test_examples_of_intents_are_read(tmp_path, text):
    assert find_format(put(tmp_path, text)) == "rasa"
    assert read(tmp_path, text) == FOUND


def test_examples_with_metadata_are_read(tmp_path):
    examples = "  examples:\n  - text: |\n      I am [Ada](PER)\n    metadata: x\n  - text: hi\n"
    text = f"nlu:\n- intent: x\n{examples}"
    assert [one.text for one in read(tmp_path, text)] == ["I am Ada", "hi"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(PER)", "()", ":6: found '[Ada]()', expected a type"),
        ("(PER)", "(https://x.org)", ":6: found the link '[Ada](https://x.org)'"),
        ("[Ada](PER)", "[a [Ada](PER)](X)", "none in another"),
        ('{"entity": "LOC", "value": "New York"}', '{"value": "x"}', "expected a type"),
        ('{"entity": "LOC", "value": "New York"}', "{entity}", "expected a type"),
        ("    - hi", "    hi", ":7: found 'hi: there # you', expected an example: - TEXT"),
        ("- intent: greet\n", "- intent: [\n", "found what is no YAML"),
    ],
)
def test_what_is_wrong_is_said_by_line(tmp_path, old, new, message):
    assert old in YAML
    assert message in refuse(tmp_path, YAML.replace(old, new, 1))


def test_no_object_is_made_and_no_alias_grows(tmp_path):
    text = "nlu:\n- intent: x\n  examples: !!python/object/apply:os.mkdir ['{}']\n"
    assert len(read(tmp_path, text.format(tmp_path / "made"))) == 1
    assert not (tmp_path / "made").exists()
    levels = "".join(f"  b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 9)}]\n" for i in range(1, 9))
    text = f"x:\n  b0: &b0 [a]\n{levels}nlu:\n- intent: x\n  examples: |\n    - hi\n"
    assert [one.text for one in read(tmp_path, text)] == ["hi"]
