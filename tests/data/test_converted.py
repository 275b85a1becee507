from adaptive_spacy.data.convert import convert
from tests.data.util import write_numbers


def test_summary_tabulates_counts_by_split_and_type(tmp_path):
    a, b = tmp_path / "a.conll", tmp_path / "b.conll"
    a.write_text("x B-PER\ny I-PER\nz B-LOC\n\n" + "w O\n" * 1200)
    b.write_text("x PER\ny\n")
    summary = convert([a, b], tmp_path / "out", missing_tag="mask")
    assert summary.header() == ["", "a", "b"]
    assert summary.rows() == [
        ["sentences", "2", "1"],
        ["tokens", "1,203", "2"],
        ["entities", "2", "1"],
        ["not annotated", "0", "1"],
        ["- LOC", "1", "0"],
        ["- PER", "1", "1"],
    ]
    assert summary.notes() == [
        "CoNLL, scheme BIO (detected), tag column 1 (detected), token column 0: a.conll",
        "CoNLL, scheme bare (detected), tag column 1 (detected), token column 0: b.conll",
    ]


def test_summary_shortens_a_long_list_of_files(tmp_path):
    files = [write_numbers(tmp_path / f"{i}.conll", ["one"]) for i in range(7)]
    assert convert(files, tmp_path / "out", scheme="bio").notes() == [
        "CoNLL, scheme BIO, tag column 1 (detected), token column 0: "
        "0.conll, 1.conll, 2.conll, 3.conll, 4.conll and 2 more"
    ]
