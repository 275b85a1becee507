"""Numbers of more digits than Python reads (4,300) end in words with the file, or are tokens."""

from pathlib import Path

import pytest

from adaptive_spacy.data.readers.formats import open_source

LONG = "9" * 5_000
BLANKS = "\t_" * 7


def write(folder: Path, text: str, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf8")
    return path


@pytest.mark.parametrize("number", [LONG, f"s{LONG}"])
def test_long_numbers_before_a_token_are_no_index(tmp_path, number):
    # the first column is the token then
    (sentence,) = open_source(write(tmp_path, f"{number}\tAda\tB-PER\n2\truns\tO\n"))
    assert sentence.words == [number, "2"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"1-{LONG}\tAda\t_{BLANKS}\n1\tAda\t_{BLANKS}\tNE=B-PER\n", "a.conllu"),
        (
            "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|value\n\n#Text=Ada\n"
            f"1-1\t0-{LONG}\tAda\tPER\t\n",
            "a.tsv",
        ),
        (
            "<collection><document><id>1</id><passage>"
            f"<offset>{LONG}</offset><text>Ada</text></passage></document></collection>",
            "a.xml",
        ),
        (
            "<collection><document><id>1</id><passage><offset>0</offset><text>Ada</text>"
            f'<annotation><infon key="type">X</infon><location offset="{LONG}" length="3"/>'
            "<text>Ada</text></annotation></passage></document></collection>",
            "a.xml",
        ),
        (f"1|t|Ada\n1|a|\n1\t0\t{LONG}\tAda\tPER\n", "a.txt"),
        (
            '[{"id":1,"data":{"d":[{"text":"Ada"}]},"annotations":[{"result":[{"from_name":"l",'
            '"to_name":"d","type":"paragraphlabels","value":{"start":"'
            + LONG
            + '","end":"'
            + LONG
            + '","startOffset":0,"endOffset":3,"paragraphlabels":["X"]}}]}]}]',
            "a.json",
        ),
    ],
)
def test_long_numbers_are_named_with_their_file(tmp_path, text, name):
    path = write(tmp_path, text, name)
    with pytest.raises(ValueError, match=r"found ") as error:
        list(open_source(path))
    assert str(error.value).startswith(f"{path}:")
    assert "set_int_max_str_digits" not in str(error.value)
