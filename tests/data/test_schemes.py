import pytest

from adaptive_spacy.data.schemes import decode, parse_tag


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        # an entity ends with its last tag, also where the scheme does not allow what follows
        ("BILOU", "B-A L-A I-A L-A", [(0, 2, "A"), (2, 4, "A")]),
        ("BILOU", "B-A L-A L-A", [(0, 2, "A"), (2, 3, "A")]),
        ("BILOU", "U-A L-A", [(0, 1, "A"), (1, 2, "A")]),
        ("BIOES", "S-A E-A B-A E-A", [(0, 1, "A"), (1, 2, "A"), (2, 4, "A")]),
        ("BILOU", "B-A I-B L-B O", [(0, 1, "A"), (1, 3, "B")]),
        ("BIO", "I-A I-A B-A I-B", [(0, 2, "A"), (2, 3, "A"), (3, 4, "B")]),
    ],
)
def test_decode_reads_what_a_scheme_does_not_allow_as_conlleval_does(
    scheme: str, tags: str, expected: list[tuple[int, int, str]]
) -> None:
    meanings = {raw: parse_tag(raw, scheme) for raw in tags.split()}
    assert None not in meanings.values()
    assert decode(tags.split(), meanings) == expected
