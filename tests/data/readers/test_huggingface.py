"""Data sets of the Hugging Face hub from disk: what is read, what is refused and in which words."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers import arrow
from adaptive_spacy.data.readers.huggingface import HubData
from adaptive_spacy.data.readers.reader import PathSample
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence
from tests.tiers import examples

pyarrow = pytest.importorskip("pyarrow", reason="needs the extra `hub`")
from pyarrow import ipc, parquet  # noqa: E402

WORDS = ["Ada", "lives", "in", "New", "York", "."]
TAGS = ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]
ENTS = [(0, 1, "PER"), (3, 5, "LOC")]
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
NUMBERS = [NAMES.index(tag) for tag in TAGS]
WORD_FEATURE = {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"}
TAG_FEATURE = {"feature": {"names": NAMES, "_type": "ClassLabel"}, "_type": "List"}

Rows = list[tuple[Any, Any]]


def make_table(rows: Rows, features: Any = None, **columns: Any) -> "pyarrow.Table":
    """A table of tokens and tags.

    features: What `datasets` notes in the schema.
    """
    words, tags = zip(*rows, strict=True) if rows else ((), ())
    kind = pyarrow.int64() if features else None
    table = pyarrow.table(
        {
            "tokens": pyarrow.array(words, pyarrow.list_(pyarrow.string())),
            "ner_tags": pyarrow.array(tags, pyarrow.list_(kind) if kind else None),
            **columns,
        }
    )
    if features is not None:
        info = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": info})
    return table


def save(folder: Path, table: "pyarrow.Table", shards: int = 1, info: Any = None) -> Path:
    """Write a table as `Dataset.save_to_disk` does."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data-{i:05}-of-{shards:05}.arrow" for i in range(shards)]
    size = -(-table.num_rows // shards)
    for i, name in enumerate(names):
        part = table.slice(i * size, size)
        with ipc.new_stream(folder / name, table.schema) as writer:
            writer.write_table(part, max_chunksize=2)
    state = {"_data_files": [{"filename": name} for name in names], "_split": "train"}
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    content = {"features": info or {}, "citation": ""}
    (folder / "dataset_info.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def write_parquet(path: Path, table: "pyarrow.Table") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, path)
    return path


def write_arrow_file(path: Path, table: "pyarrow.Table") -> Path:
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path


FEATURES = {"tokens": WORD_FEATURE, "ner_tags": TAG_FEATURE}
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


@pytest.mark.parametrize(
    "feature",
    [
        TAG_FEATURE,
        {**TAG_FEATURE, "_type": "Sequence", "length": -1, "id": None},
        [{"names": NAMES, "id": None, "_type": "ClassLabel", "num_classes": 5}],
    ],
)
def test_hub_takes_the_names_of_tags_from_the_info_beside_the_data(tmp_path, feature):
    table = make_table([(WORDS, NUMBERS)], FEATURES).replace_schema_metadata(None)
    path = save(tmp_path / "saved", table, info={"ner_tags": feature})
    assert list(HubData(path)) == [Sentence(WORDS, ENTS, [])]


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


# --- what is wrong ---------------------------------------------------------------------------


def read_error(path: Path, **options: Any) -> str:
    with pytest.raises(ValueError) as info:  # noqa: PT011 (the callers compare the whole message)
        HubData(path, **options)
    return str(info.value)


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


def test_hub_refuses_numbers_without_names(tmp_path):
    table = make_table([(WORDS, NUMBERS)], FEATURES).replace_schema_metadata(None)
    path = write_parquet(tmp_path / "a.parquet", table)
    assert read_error(path) == (
        f"{path}: found numbers in the column ner_tags, expected names: neither its schema nor "
        "dataset_info.json beside it has a ClassLabel that says what they mean"
    )


def test_hub_refuses_tables_without_tokens_or_tags(tmp_path):
    table = pyarrow.table({"text": ["Ada"], "label": [0]})
    path = write_parquet(tmp_path / "a.parquet", table)
    assert read_error(path) == (
        f"{path}: expected a column tokens or words, found the columns text, label"
    )


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


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(20), b"ARROW1\0\0", b"Ada O\n"])
def test_hub_refuses_damaged_files_in_one_line(tmp_path, content):
    path = tmp_path / "a.parquet"
    path.write_bytes(content)
    message = read_error(path)
    assert message.startswith(
        f"{path}: expected a parquet or Arrow file, found one that cannot be read: "
    )
    assert "\n" not in message


def test_hub_refuses_a_file_that_is_cut_off(tmp_path):
    path = save(tmp_path / "saved", make_table([(WORDS, TAGS)] * 50))
    file = path / "data-00000-of-00001.arrow"
    file.write_bytes(file.read_bytes()[:-2000])
    assert read_error(path).startswith(f"{file}: expected a parquet or Arrow file, found one that ")


def test_hub_refuses_a_pointer_in_place_of_data(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_text("version https://git-lfs.github.com/spec/v1\n", encoding="utf-8")
    assert read_error(path) == (
        f"{path}: expected data, found a pointer of Git LFS to it; fetch it with `git lfs pull`"
    )


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


def test_hub_names_its_extra_where_pyarrow_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert read_error(tmp_path) == (
        'Hugging Face data needs pyarrow: pip install "adaptive-spacy[hub]"'
    )


# --- properties ------------------------------------------------------------------------------


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


DAMAGED = make_table([(WORDS, NUMBERS)] * 3, FEATURES)


@examples(150)
@given(
    saved=st.booleans(),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_hub_raises_nothing_but_value_errors_whatever_the_damage(saved, edits):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        if saved:
            path = save(path, DAMAGED) / "data-00000-of-00001.arrow"
        else:
            write_parquet(path, DAMAGED)
        content = bytearray(path.read_bytes())
        for place, byte in edits:
            content[int(place * (len(content) - 1))] = byte
        path.write_bytes(content)
        try:
            list(HubData(path))
        except ValueError as error:
            message = str(error)
        else:
            return
    assert message.startswith(str(path))
