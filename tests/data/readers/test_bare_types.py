"""Tags without a prefix: taken for types only where they look like such, or when told."""

from pathlib import Path

import pytest

from adaptive_spacy.data.readers.conll import ConllFile


def read(folder: Path, text: str, **options: object) -> ConllFile:
    path = folder / "file.conll"
    path.write_text(text, encoding="utf8")
    return ConllFile(path, **options)


REFUSED = {
    "words": "Ada runs\nBob walks\n",
    "words and an O": "Ada runs\nBob walks\n. O\n",
    "one word": "Ada runs\n. O\n",
    "titles": "ada Runs\nbob Walks\n. O\n",
    "numbers": "the 100\n",
    "numbers and an O": "the 100\na O\n",
    "decimals": "the 0.5\na O\n",
    "a date": "the 2020-01-01\na O\n",
    "key and value": "Ada name=B-PER\nruns O\n",
    "pairs": "Ada name=PER|SpaceAfter=No\nruns O\n",
    "links": "Ada Q7259\nruns O\n",
    "links among _": "Ada\tQ7259\nruns\t_\n",
    "URLs": "Ada http://x/Ada\nruns O\n",
    "flags among _": "Ada\tNoSpaceAfter\nruns\t_\n",
    "no O": "Ada PER\nUlm LOC\n",
    "outside twice": "Ada PER\nUlm O\nruns None\n",
    "outside in lower case": "Ada PER\nUlm O\nruns o\n",
    "nothing": "Ada PER\nUlm O\nruns NIL\n",
    "prefixes": "Ada PER\nUlm LOC\nx O\ny B-PER\n",
    "prefixes without a mark": "Ada BPER\nUlm IPER\nx O\n",
    "letters behind types": "Ada PERB\nLove PERI\nx O\n",
    "prefixes of two spellings": "a B_PER\nb B-LOC\nc O\n",
    "hundreds of types": "".join(f"w TYPE{i}\n" for i in range(101)) * 2 + "w O\n",
    "web page": "<html> <body>\n</body> </html>\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_bare_types_are_not_guessed(tmp_path, case):
    with pytest.raises(ValueError, match="found ") as error:
        read(tmp_path, REFUSED[case])
    message = str(error.value)
    assert f"{tmp_path / 'file.conll'}:" in message
    # a hint is given only where it is right to follow it
    if "--scheme bare" in message:
        assert case == "no O"


def test_bare_types_without_an_outside_are_read_as_the_message_says(tmp_path):
    (sentence,) = read(tmp_path, REFUSED["no O"], scheme="bare")
    assert sentence.ents == [(0, 1, "PER"), (1, 2, "LOC")]


@pytest.mark.parametrize("case", ["words", "numbers", "links", "hundreds of types"])
def test_bare_scheme_insists(tmp_path, case):
    file = read(tmp_path, REFUSED[case], scheme="bare")
    assert sum(len(sentence.ents) for sentence in file) > 0


@pytest.mark.parametrize(
    "tags",
    [
        "PER O",
        "PER 0 LOC",
        "creative-work O",
        "person O person",
        "person O person group",
        "Person O Person Group_x",
        "person facility O person group group",  # a rare one among others
        "first_name O",
        "T-cell O",
        "GPE.city O",
        "人名 O 人名",
        "A O",
    ],
)
def test_bare_types_are_detected(tmp_path, tags):
    rows = "".join(f"w{i}\t{tag}\n" for i, tag in enumerate(tags.split()))
    file = read(tmp_path, rows)
    assert file.tags.scheme == "bare"
    (sentence,) = file
    assert {label for _, _, label in sentence.ents} == set(tags.split()) - {"O", "0"}


def test_bare_type_like_a_prefix_is_read_as_the_message_says(tmp_path):
    text = "the B-cell\ncount O\nand PROTEIN\nor PROTEIN\n" * 2
    with pytest.raises(ValueError, match=r"found tag 'B-cell'.*--scheme bare takes it for a type"):
        read(tmp_path, text)
    assert next(iter(read(tmp_path, text, scheme="bare"))).ents[0] == (0, 1, "B-cell")
