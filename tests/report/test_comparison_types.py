"""F1 by type, over seeds."""

from pathlib import Path

import pytest

from adaptive_spacy.experiments.records import read_record
from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_types import make_type_rows, type_cells
from tests.report.records import add_types, make_job, make_record, write_records


def test_types_are_means_over_the_seeds_that_have_them(tmp_path: Path) -> None:
    found = [make_record(make_job("adaptive", seed, labels=50, dev=0.2), 0.5) for seed in (1, 2, 3)]
    for one, scores in zip(found, ({"PER": 0.2, "LOC": None}, {"PER": 0.6}, None), strict=True):
        if scores is not None:
            add_types(one, scores)
    comparison = compare(write_records(tmp_path, found))
    location, person = make_type_rows(comparison.runs)
    assert (person.name, person.fraction, person.annotated) == ("PER", 50, 20)
    assert person.f1["last"] is not None
    assert (person.f1["last"].mean, person.f1["last"].seeds) == (pytest.approx(40), 2)
    assert type_cells(person)[-2:] == ["40.0 ± 20.0", "[20.0, 60.0]"]
    # nothing could be measured
    assert location.f1["last"] is None
    assert type_cells(location)[-4:] == ["-", "-", "-", "-"]


def test_record_whose_types_are_none_is_refused(tmp_path: Path) -> None:
    record = make_record(make_job("adaptive", 1), 0.5)
    add_types(record, {"PER": 1.5})
    (folder,) = write_records(tmp_path, [record]).iterdir()
    with pytest.raises(ValueError, match=r"results\.best_loss\.test\.per_type\.PER\.f1"):
        read_record(folder)
