"""Which tables hold texts with entities, and which tokens with tags."""

import pytest

from adaptive_spacy.data.readers.formats import find_format
from adaptive_spacy.data.readers.hub_files import holds_entities

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"text": ["Ada"], "entities": [[{"start": 0}]]}, True),
        ({"text": ["Ada"], "entities": ["PER"]}, False),
        ({"text": ["Ada"]}, False),
        ({"text": [["Ada"]], "entities": [[{"start": 0}]]}, False),
        ({"tokens": [["Ada"]], "ner_tags": [["B-PER"]], "text": ["Ada"]}, False),
    ],
)
def test_holds_entities_looks_at_the_columns(tmp_path, columns, found):
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    assert holds_entities(path) is found
    assert find_format(path) == ("hub-records" if found else "hub")


def test_holds_entities_leaves_what_cannot_be_read(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no more")
    assert not holds_entities(tmp_path / "a.parquet")
    assert not holds_entities(tmp_path / "none")
