"""WebAnno TSV 3: one layer of spans, spaces by offsets, what is refused."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format, open_source
from adaptive_spacy.data.source import Sentence

NER = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n"
POS = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue|coarseValue\n"
OWN = "#T_SP=webanno.custom.Product|kind\n"
CHAIN = "#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|relation|type\n"


def write(folder: Path, *layers: str, rows: str) -> Path:
    path = folder / "a.tsv"
    head = f"#FORMAT=WebAnno TSV 3.3\n{''.join(layers)}\n\n#Text=Ada\n"
    path.write_text(head + rows, encoding="utf8")
    return path


ROWS = (
    "1-1\t0-3\tAda\thttp://x[1]\tPER[1]\t\n1-2\t4-8\tLove\thttp://x[1]\tPER[1]\t\n"
    "1-3\t8-9\t.\t_\t_\t\n\n#Text=Ulm (old)\n2-1\t10-13\tUlm\t*\tLOC\t\n2-2\t14-15\t(\t_\t_\t\n"
    "2-3\t15-18\told\t*\tLOC\t\n"
)


def test_webanno_reads_named_entities_and_spaces(tmp_path):
    path = write(tmp_path, NER, rows=ROWS)
    assert find_format(path) == "webanno"
    source = open_source(path)
    one, two = source
    assert one[:2] == (["Ada", "Love", "."], [(0, 2, "PER")])
    assert two[:2] == (["Ulm", "(", "old"], [(0, 1, "LOC"), (2, 3, "LOC")])
    assert [one.text, two.text] == ["Ada Love.", "Ulm (old"]
    assert "tag column 4 'NamedEntity.value', token column 2" in source.describe()


def test_webanno_finds_the_layer_behind_others(tmp_path):
    rows = "1-1\t0-3\tAda\tNN\tN\t*->1-1\t*\t_\tPER\t\n"
    (sentence,) = open_source(write(tmp_path, POS, CHAIN, NER, rows=rows))
    assert sentence.ents == [(0, 1, "PER")]
    (sentence,) = open_source(write(tmp_path, POS, OWN, rows="1-1\t0-3\tAda\tNN\tN\tcar\t\n"))
    assert sentence.ents == [(0, 1, "car")]


def test_webanno_lets_the_user_choose_among_layers(tmp_path):
    path = write(tmp_path, OWN, OWN.replace("Product", "Place"), rows="1-1\t0-3\tAda\tcar\tUlm\t\n")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path)
    assert str(error.value) == (
        f"{path}: found 2 features, expected one of entities; --tag-column Product.kind or "
        "--tag-column Place.kind says which to read"
    )
    labels = [
        next(iter(open_source(path, tag_column=f"{one}.kind"))).ents for one in ("Product", "Place")
    ]
    assert labels == [[(0, 1, "car")], [(0, 1, "Ulm")]]
    assert next(iter(open_source(path, tag_column=4))).ents == [(0, 1, "Ulm")]


def test_webanno_tells_neighbours_apart_by_number(tmp_path):
    rows = "".join(
        f"1-{i}\t{2 * i}-{2 * i + 1}\tw\t_\t{value}\t\n"
        for i, value in enumerate(["A[1]", "A[1]", "A[2]", "A[2]", "A", "A", "a\\_b\\|c"])
    )
    (sentence,) = open_source(write(tmp_path, NER, rows=rows))
    assert sentence.ents == [(0, 2, "A"), (2, 4, "A"), (4, 5, "A"), (5, 6, "A"), (6, 7, "a_b|c")]


@pytest.mark.parametrize(
    ("layers", "rows", "message"),
    [
        ([NER], "1-1\t0-3\tAda\t_\tPER|LOC\t\n", ":6: found 'PER|LOC', entities that overlap"),
        ([NER], "1-1\t0-3\tAda\t_\t*\t\n", ":6: found an entity without a NamedEntity.value"),
        ([NER], "1-1\t0-3\tAda\t_\t*[3]\t\n", ":6: found an entity without a NamedEntity.value"),
        (
            [NER],
            "1-1\t0-3\tAda\t_\t_\t\n1-1.1\t0-1\tA\t_\tPER\t\n",
            ":7: found 'PER' of a part of a token, expected whole tokens",
        ),
        ([NER], "1-1\t0-3\tAda\n", ":6: found 3 columns at '1-1', expected 5"),
        ([NER], "1-1\tx\tAda\t_\t_\t\n", ":6: found 6 columns at '1-1', expected 5"),
        ([POS], "1-1\t0-3\tAda\tN\tN\t\n", ": found no layer of spans, expected one of entities"),
        ([NER], "", ": expected rows of a token and its tag, found no row"),
    ],
)
def test_webanno_refuses_what_it_cannot_read(tmp_path, layers, rows, message):
    path = write(tmp_path, *layers, rows=rows)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path)
    assert str(error.value).startswith(f"{path}{message}")


@st.composite
def sentences(draw) -> Sentence:
    words = draw(st.lists(st.sampled_from(["Ada", "#", "längden", "_"]), min_size=1, max_size=6))
    spaces = [*(draw(st.booleans()) for _ in words[1:]), False]
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=4)))
    ents = [(one, two, "PER") for one, two in pairwise(cuts) if draw(st.booleans())]
    return Sentence(words, ents, [], spaces)


@given(corpus=st.lists(sentences(), min_size=1, max_size=4))
def test_webanno_reads_back_what_was_written(tmp_path_factory, corpus):
    rows, at = [], 0
    for number, (words, ents, _, spaces, _) in enumerate(corpus):
        values = ["_"] * len(words)
        for i, (start, end, label) in enumerate(ents):
            values[start:end] = [f"{label}[{i}]"] * (end - start)
        for i, word in enumerate(words):
            rows.append(f"{number}-{i}\t{at}-{at + len(word)}\t{word}\t_\t{values[i]}\t")
            at += len(word) + (spaces or [])[i]
        rows.append("")
    path = write(tmp_path_factory.mktemp("webanno"), NER, rows="\n".join(rows) + "\n")
    assert list(open_source(path)) == corpus
