"""Data sets of the Hugging Face hub from disk: what is read, what is refused and in which words."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers import arrow
from adaptive_spacy.data.readers.huggingface import HubData
from adaptive_spacy.data.readers.reader import PathSample
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence
from tests.data.readers.hub_tables import (
    ENTS,
    FEATURES,
    NUMBERS,
    TAGS,
    WORDS,
    make_table,
    pyarrow,
    read_error,
    save,
    write_arrow_file,
    write_parquet,
)
from tests.tiers import examples

LAYOUTS: dict[str, Callable[[Path, "pyarrow.Table"], Path]] = {
    "saved": lambda folder, table: save(folder / "saved", table),
    "saved in shards": lambda folder, table: save(folder / "saved", table, shards=2),
    "saved with one split": lambda folder, table: save(folder / "all" / "train", table).parent,
    "parquet": lambda folder, table: write_parquet(folder / "a.parquet", table),
    "arrow": lambda folder, table: write_arrow_file(folder / "a.arrow", table),
    "parquet of the hub": lambda folder, table: write_parquet(
        folder / "data" / "train-00000-of-00001.parquet", table
    ).parents[1],
    "parquet in folders": lambda folder, table: (
        write_parquet(folder / "train" / "0000.parquet", table).parent
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("numbers", [True, False])
def test_hub_reads_each_layout(tmp_path, layout, numbers):
    row = (WORDS, NUMBERS if numbers else TAGS)
    table = make_table([row] * 3, FEATURES if numbers else None)
    path = LAYOUTS[layout](tmp_path, table)
    assert HubData.recognise(PathSample(path)) is not None
    data = HubData(path)
    assert list(data) == [Sentence(WORDS, ENTS, [])] * 3 == list(data)
    assert data.describe() == (
        "Hugging Face data, columns tokens and ner_tags, scheme BIO (detected)"
    )


def test_hub_reads_columns_of_other_names(tmp_path):
    table = make_table([(WORDS, TAGS)], id=["0"]).rename_columns(["words", "tags", "id"])
    data = HubData(write_parquet(tmp_path / "a.parquet", table))
    assert list(data) == [Sentence(WORDS, ENTS, [])]
    assert data.describe().startswith("Hugging Face data, columns words and tags, ")


def test_hub_reads_shards_in_order_and_in_small_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(arrow, "ROWS", 3)
    rows = [([f"w{i}"], ["O"]) for i in range(20)]
    path = save(tmp_path / "saved", make_table(rows), shards=3)
    assert [one.words for one in HubData(path)] == [words for words, _ in rows]
    with arrow.open_table(path / "data-00000-of-00003.arrow") as table:
        assert max(batch.num_rows for batch in table.batches(["tokens"])) <= 3
    file = write_parquet(tmp_path / "a.parquet", make_table(rows))
    with arrow.open_table(file) as table:
        assert [batch.num_rows for batch in table.batches(["tokens"])] == [3] * 6 + [2]


@pytest.mark.parametrize("hidden", [None, -1, -100])
@pytest.mark.parametrize(("missing_tag", "missing"), [("O", []), ("mask", [1])])
def test_hub_reads_tokens_without_a_tag_as_told(tmp_path, hidden, missing_tag, missing):
    table = make_table([(WORDS, [NUMBERS[0], hidden, *NUMBERS[2:]])], FEATURES)
    path = write_parquet(tmp_path / "a.parquet", table)
    assert list(HubData(path, missing_tag=missing_tag)) == [Sentence(WORDS, ENTS, missing)]
    assert read_error(path) == (
        f"{path}: row 1: found no tag of token 1, expected one; --missing-tag O reads such a token "
        "as outside, --missing-tag mask as not annotated"
    )


def test_hub_mends_illegal_tags_only_when_told_and_counts_them(tmp_path):
    table = make_table([(WORDS, TAGS), (WORDS, ["I-PER", *TAGS[1:]])])
    path = write_parquet(tmp_path / "a.parquet", table)
    data = HubData(path, scheme="BIO", repair=True)
    assert [one.ents for one in data] == [ENTS, ENTS]
    assert data.repairs == {"inner tags that continue no entity read as its start": 1}
    assert read_error(path, scheme="BIO") == (
        f"{path}: row 2: found 'I-PER' at the start of a sentence, expected B-PER or I-PER before "
        "it (scheme BIO); --repair begins an entity there"
    )


#: the second row of a table, and why it cannot be read
BAD_ROWS = {
    "fewer tags": (
        (WORDS, NUMBERS[:-1]),
        "found 6 tokens and 5 tags, expected a tag for each token",
    ),
    "unknown number": ((["Ada"], [5]), "found the tag 5, expected a number from 0 to 4"),
    "negative number": ((["Ada"], [-2]), "found the tag -2, expected a number from 0 to 4"),
    "illegal sequence": (
        (WORDS[:2], [0, 4]),
        "found 'I-LOC' after 'O', expected B-LOC or I-LOC before it (scheme BIO, detected); "
        "--repair begins an entity there",
    ),
    "no tokens": ((None, NUMBERS), "found null under tokens, expected a list"),
    "no tags": ((WORDS, None), "found null under ner_tags, expected a list"),
    "null token": (([None], [0]), "found null as token 0, expected a string"),
    "empty token": (([""], [0]), "found an empty token 0, expected text"),
    "NUL": ((["a\0"], [0]), "found a NUL character in token 0, expected text"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_hub_says_what_is_wrong_with_a_row(tmp_path, name):
    row, message = BAD_ROWS[name]
    good = (WORDS, NUMBERS)
    path = write_parquet(tmp_path / "a.parquet", make_table([good, row, good], FEATURES))
    assert read_error(path) == f"{path}: row 2: {message}"


def test_hub_shows_the_first_problems_of_all_rows(tmp_path):
    table = make_table([(WORDS, [9] * 6)] * 25, FEATURES)
    path = write_parquet(tmp_path / "a.parquet", table)
    lines = read_error(path).split(";\n")
    assert len(lines) == 21
    assert lines[19].startswith(f"{path}: row 20: ")
    assert lines[20] == f"and 5 more problems in {path}"


def test_hub_refuses_shards_that_differ(tmp_path):
    write_parquet(tmp_path / "train-0-of-2.parquet", make_table([(WORDS, TAGS)]))
    other = write_parquet(
        tmp_path / "train-1-of-2.parquet", make_table([(WORDS, NUMBERS)], FEATURES)
    )
    assert read_error(tmp_path) == (
        f"{other}: expected the columns and tags of train-0-of-2.parquet, found others"
    )


def test_hub_refuses_several_splits_and_says_how_to_name_them(tmp_path):
    for name in ("train", "test"):
        save(tmp_path / "saved" / name, make_table([(WORDS, TAGS)]))
        write_parquet(tmp_path / f"{name}-00000-of-00001.parquet", make_table([(WORDS, TAGS)]))
    saved = tmp_path / "saved"
    (saved / "dataset_dict.json").write_text('{"splits": ["train", "test"]}', encoding="utf-8")
    assert HubData.recognise(PathSample(saved)) is not None
    assert read_error(saved) == (
        f"{saved}: found the splits test, train, expected one; give each its own path, e.g. "
        f"test={saved / 'test'} train={saved / 'train'}"
    )
    files = [tmp_path / f"{name}-00000-of-00001.parquet" for name in ("test", "train")]
    for file in files:
        assert list(HubData(file)) == [Sentence(WORDS, ENTS, [])]


def test_hub_refuses_what_is_no_data_set(tmp_path):
    assert read_error(tmp_path) == (
        f"{tmp_path}: expected a folder that `datasets` saved, or parquet files, found neither"
    )
    path = tmp_path / "none"
    assert read_error(path) == (
        f"{path}: expected a folder that `datasets` saved, or parquet files, found nothing"
    )
    assert HubData.recognise(PathSample(tmp_path)) is None
    (tmp_path / "a.txt").write_text("Ada O\n")
    assert HubData.recognise(PathSample(tmp_path / "a.txt")) is None


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("{", "{path}/state.json: expected JSON that `datasets` wrote, found other text"),
        ("[]", "{path}/state.json: expected JSON that `datasets` wrote, found []"),
        ("{}", '{path}/state.json: expected "_data_files" with names, found none'),
        (
            '{"_data_files": [{"filename": "b.arrow"}]}',
            "{path}/b.arrow: expected a file, as state.json names it, found nothing",
        ),
        (
            '{"_data_files": [{"filename": "a.arrow"}], "_indices_files": [{"filename": "i"}]}',
            "{path}: found rows that were selected or shuffled after they were written, expected "
            "data as they are; save them again with a newer version of `datasets`",
        ),
    ],
)
def test_hub_refuses_a_broken_state(tmp_path, state, message):
    (tmp_path / "state.json").write_text(state, encoding="utf-8")
    assert read_error(tmp_path) == message.format(path=tmp_path)


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    words = draw(st.lists(st.text("aÄ🎉 \n.", min_size=1, max_size=4), min_size=1, max_size=6))
    ents, at = [], 0
    while at < len(words):
        end = draw(st.integers(at, len(words)))
        if end > at and draw(st.booleans()):
            ents.append((at, end, draw(st.sampled_from(["PER", "LOC"]))))
        at = max(at + 1, end)
    return Sentence(words, ents, [])


@examples(40)
@given(
    corpus=st.lists(sentences(), min_size=1, max_size=5),
    scheme=st.sampled_from(["BIO", "BILOU", "BIOES", "IOB1"]),
    numbers=st.booleans(),
    saved=st.booleans(),
)
def test_hub_reads_what_was_written(corpus, scheme, numbers, saved):
    rows = [(one.words, encode(one.ents, len(one.words), scheme)) for one in corpus]
    table = make_table(rows)
    if numbers:
        names = sorted({tag for _, tags in rows for tag in tags})
        feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
        numbered = [(words, [names.index(tag) for tag in tags]) for words, tags in rows]
        table = make_table(numbered, {"ner_tags": feature})
    with TemporaryDirectory() as folder:
        path = Path(folder)
        path = save(path / "a", table) if saved else write_parquet(path / "a.parquet", table)
        read = list(HubData(path, scheme=scheme))
    assert read == corpus
    # and back: what was read is written as it was
    assert [(one.words, encode(one.ents, len(one.words), scheme)) for one in read] == rows
