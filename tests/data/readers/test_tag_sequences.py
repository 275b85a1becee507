"""Tags of a file in each scheme: how they are read, which follow no other, and how to repair
them."""

import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from tests.data.readers.conll_files import Malformed, read, refused, write

#: `Ben Ray Paris London lives`: one entity of two tokens, then two of one type side by side
ENTS = [(0, 2, "PER"), (2, 3, "LOC"), (3, 4, "LOC")]
IN_SCHEME = {
    "BIO": "B-PER I-PER B-LOC B-LOC O",
    "IOB1": "I-PER I-PER I-LOC B-LOC O",
    "BILOU": "B-PER L-PER U-LOC U-LOC O",
    "BIOES": "B-PER E-PER S-LOC S-LOC O",
    "BMEWO": "B-PER E-PER W-LOC W-LOC O",
}


@pytest.mark.parametrize("outside", ["O", "0", "_"])
@pytest.mark.parametrize("scheme", IN_SCHEME)
def test_conll_reads_each_scheme_given_or_detected(tmp_path, scheme, outside):
    tags = [outside if tag == "O" else tag for tag in IN_SCHEME[scheme].split()]
    rows = "\n".join(f"w\t{tag}" for tag in tags)
    for option in (scheme, scheme.lower(), "auto"):
        file = ConllFile(write(tmp_path, rows), scheme=option)
        assert [sentence.ents for sentence in file] == [ENTS]
        assert file.tags.scheme == scheme
        assert file.tags.detected == (option == "auto")


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("IO", "I-PER I-PER I-LOC I-LOC O"),
        ("bare", "PER PER LOC LOC 0"),
        ("auto", "I-PER I-PER I-LOC I-LOC O"),
        ("auto", "PER PER LOC LOC 0"),
    ],
)
def test_conll_joins_neighbours_of_one_type_where_the_scheme_cannot_tell(tmp_path, scheme, tags):
    (sentence,) = read(tmp_path, "\n".join(f"w {tag}" for tag in tags.split()), scheme=scheme)
    assert sentence.ents == [(0, 2, "PER"), (2, 4, "LOC")]


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("B-A O B-A", "BIO"),
        ("O O", "BIO"),
        ("I-A O", "IOB1"),
        ("I-A B-A I-A", "IOB1"),
        ("O | I-A B-A", "IOB1"),
        ("U-A", "BILOU"),
        ("S-A", "BIOES"),
        ("B-A E-A", "BIOES"),
        ("W-A", "BMEWO"),
        ("B-A M-A E-A", "BMEWO"),
        ("A O", "bare"),
        ("creative-work O", "bare"),
    ],
)
def test_conll_detects_the_scheme_of_the_whole_file(tmp_path, tags, scheme):
    rows = "\n".join(f"w {tag}" if tag != "|" else "" for tag in tags.split())
    assert ConllFile(write(tmp_path, rows)).tags.scheme == scheme


@pytest.mark.parametrize("name", ["IOB2", "iob2", "bio"])
def test_conll_knows_scheme_by_its_other_names(tmp_path, name):
    assert ConllFile(write(tmp_path, "w B-A\n"), scheme=name).tags.scheme == "BIO"


def test_conll_takes_bare_types_like_prefixes_when_told(tmp_path):
    (sentence,) = read(tmp_path, "w B-cell\nw B-cell\nw S\n", scheme="bare")
    assert sentence.ents == [(0, 2, "B-cell"), (2, 3, "S")]


def test_conll_keeps_hyphens_and_spaces_of_types(tmp_path):
    (sentence,) = read(tmp_path, "w\tB-creative-work\nw\tI-creative-work\nw\tB-art work\n")
    assert sentence.ents == [(0, 2, "creative-work"), (2, 3, "art work")]


BIO, AUTO_BIO = "(scheme BIO)", "(scheme BIO, detected)"
BEGINS, ENDS = "; --repair begins an entity there", "; --repair ends the entity before it"
MALFORMED: Malformed = {
    "I first, given BIO": (
        "a I-PER\n",
        {"scheme": "BIO"},
        f":1: found 'I-PER' at the start of a sentence, expected B-PER or I-PER before it "
        f"{BIO}{BEGINS}",
    ),
    "I after O, given BIO": (
        "a O\nb I-PER\n",
        {"scheme": "BIO"},
        f":2: found 'I-PER' after 'O', expected B-PER or I-PER before it {BIO}{BEGINS}",
    ),
    "I of another type": (
        "a B-LOC\nb I-PER\n",
        {"scheme": "bio"},
        f":2: found 'I-PER' after 'B-LOC', expected B-PER or I-PER before it {BIO}{BEGINS}",
    ),
    "I after a blank line": (
        "a B-PER\n\nb I-PER\n",
        {"scheme": "BIO"},
        f":3: found 'I-PER' at the start of a sentence, expected B-PER or I-PER before it "
        f"{BIO}{BEGINS}",
    ),
    "I after a masked row": (
        "a B-PER\nb\nc I-PER\n",
        {"scheme": "BIO", "missing_tag": "mask"},
        ":3: found 'I-PER' after a row without a tag, expected B-PER or I-PER before it "
        f"(scheme BIO){BEGINS}",
    ),
    "one slip in BIO, detected": (
        "a B-PER\nb O\nc B-LOC\nd O\ne I-LOC\n",
        {},
        f":5: found 'I-LOC' after 'O', expected B-LOC or I-LOC before it {AUTO_BIO}{BEGINS}",
    ),
    "B after O in IOB1": (
        "a I-PER\nb O\nc B-PER\n",
        {"scheme": "IOB1"},
        ":3: found 'B-PER' after 'O', expected I-PER: B- only divides neighbours of one type "
        f"(scheme IOB1){BEGINS}",
    ),
    "B of another type in IOB1": (
        "a I-PER\nb B-LOC\n",
        {"scheme": "IOB1"},
        ":2: found 'B-LOC' after 'I-PER', expected I-LOC: B- only divides neighbours of one type "
        f"(scheme IOB1){BEGINS}",
    ),
    "L without B": (
        "a O\nb L-PER\n",
        {"scheme": "BILOU"},
        f":2: found 'L-PER' after 'O', expected B-PER or I-PER before it (scheme BILOU){BEGINS}",
    ),
    "B without L": (
        "a B-PER\nb O\n",
        {"scheme": "BILOU"},
        f":2: found 'O' after 'B-PER', expected I-PER or L-PER (scheme BILOU){ENDS}",
    ),
    "B without E at the end": (
        "a B-PER\n\nb O\n",
        {"scheme": "BIOES"},
        ":1: found the end of the sentence after 'B-PER', expected I-PER or E-PER (scheme BIOES)"
        f"{ENDS}",
    ),
    "B before a masked row": (
        "a B-PER\nb\n",
        {"scheme": "BMEWO", "missing_tag": "mask"},
        ":2: found a row without a tag after 'B-PER', expected M-PER or E-PER (scheme BMEWO)"
        f"{ENDS}",
    ),
    "U inside": (
        "a U-PER\nb B-PER\nc U-PER\nd L-PER\n",
        {},
        ":3: found 'U-PER' after 'B-PER', expected I-PER or L-PER (scheme BILOU, detected)"
        f"{ENDS};\n{{path}}:4: found 'L-PER' after 'U-PER', expected B-PER or I-PER before it "
        f"(scheme BILOU, detected){BEGINS}",
    ),
    "L in BIO": (
        "a B-PER\nb L-PER\n",
        {"scheme": "BIO"},
        f":2: found tag 'L-PER', expected O, B-TYPE or I-TYPE {BIO}",
    ),
    "B in IO": (
        "a B-PER\n",
        {"scheme": "IO"},
        ":1: found tag 'B-PER', expected O or I-TYPE (scheme IO)",
    ),
    "lower case": (
        "a B-PER\nb i-PER\n",
        {},
        f":2: found tag 'i-PER', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
    "bare among prefixed": (
        "a B-PER\nb I-PER\nc LOC\n",
        {},
        f":3: found tag 'LOC', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
    "prefixed among bare": (
        "a PER\nb PER\nc B-PER\n",
        {},
        # no hint at --scheme bare: PER and B-PER would be two types
        ":3: found tag 'B-PER', expected O or TYPE without a prefix (scheme bare, detected)",
    ),
    "prefix alone": (
        "a B\nb O\n",
        {},
        ":1: found 'B' without a type, expected tags as B-PER; --type NAME gives all entities this "
        "type",
    ),
    "no type": (
        "a B-\nb B-X\nc B-X\n",
        {},
        f":1: found tag 'B-', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
    "brackets": (
        "a (PERSON*\nb *)\nc *)\n",
        {},
        ":3: found tag '*)', expected O, B-TYPE, I-TYPE, L-TYPE or U-TYPE (scheme BILOU)",
    ),
    "comment of two words": (
        "a B-X\n# newdoc\n",
        {},
        f":2: found tag 'newdoc', expected O, B-TYPE or I-TYPE {AUTO_BIO}",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_conll_refuses_tags_that_the_scheme_does_not_allow(tmp_path, case):
    said, expected = refused(tmp_path, MALFORMED[case])
    assert said == expected


BEGUN = "inner tags that continue no entity read as its start"
ENDED = "entities without their last tag ended"
DIVIDED = "B- tags that divide no neighbours read as a start"


@pytest.mark.parametrize(
    ("scheme", "tags", "ents", "repairs"),
    [
        ("BIO", "I-A O B-B I-A", [(0, 1, "A"), (2, 3, "B"), (3, 4, "A")], {BEGUN: 2}),
        ("BIO", "B-A I-A O", [(0, 2, "A")], {}),
        ("IOB1", "B-A O I-A B-B", [(0, 1, "A"), (2, 3, "A"), (3, 4, "B")], {DIVIDED: 2}),
        ("BILOU", "B-A O L-A I-B O", [(0, 1, "A"), (2, 3, "A"), (3, 4, "B")], {BEGUN: 2, ENDED: 2}),
        ("BILOU", "B-A U-A L-A", [(0, 1, "A"), (1, 2, "A"), (2, 3, "A")], {BEGUN: 1, ENDED: 1}),
        ("BILOU", "B-A I-A", [(0, 2, "A")], {ENDED: 1}),
        ("BIOES", "B-A I-B E-B O", [(0, 1, "A"), (1, 3, "B")], {BEGUN: 1}),
        ("BMEWO", "M-A E-A W-A O", [(0, 2, "A"), (2, 3, "A")], {BEGUN: 1}),
    ],
)
def test_conll_repairs_on_request_and_counts(tmp_path, scheme, tags, ents, repairs):
    path = write(tmp_path, "".join(f"w {tag}\n" for tag in tags.split()))
    file = ConllFile(path, scheme=scheme, repair=True)
    assert [sentence.ents for sentence in file] == [ents]
    assert file.repairs == repairs
    if repairs:
        with pytest.raises(ValueError, match="--repair"):
            ConllFile(path, scheme=scheme)


def test_conll_repairs_no_unknown_tag(tmp_path):
    path = write(tmp_path, "a I-A\nb B-A\nc X-A\nd I-A\n")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path, scheme="BIO", repair=True)
    assert str(error.value) == f"{path}:3: found tag 'X-A', expected O, B-TYPE or I-TYPE {BIO}"
