"""What the records of a comparison do not have in common is said."""

from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.experiments.records import read_records
from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_runs import newest
from adaptive_spacy.report.comparison_text import describe_sources, to_markdown
from adaptive_spacy.report.mixed import list_settings
from tests.conftest import ROOT
from tests.report.records import make_job, make_record, write_records

RESULTS = ROOT / "benchmarks" / "results"
CONFIG = """
[system]
seed = {seed}

[nlp]
lang = "{lang}"

[variables]
fraction = {fraction}
rate = {rate}

[training]
max_epochs = {epochs}
"""


def make_trained(
    seed: int = 1,
    *,
    approach: str = "stable",
    fraction: float = 1.0,
    lang: str = "en",
    rate: float = 1e-4,
    epochs: int | None = 20,
    settings: dict[str, Any] | None = None,
    more: str = "",
    **terms: Any,
) -> dict[str, Any]:
    job = make_job(approach, seed, settings=settings or {}, fraction=fraction, lang=lang)
    text = CONFIG.format(seed=seed, lang=lang, fraction=fraction, rate=rate, epochs=epochs) + more
    return make_record(job, 0.5) | {"definition": {"config": text, "threads": 1, **terms}}


def test_names_that_stand_for_several_contents_are_said(tmp_path: Path) -> None:
    found = [make_record(make_job(name, seed), 0.5) for name in ("a", "b") for seed in (1, 2)]
    for one in found:
        one["definition"] = {"data": {"test": "1"}, "transformer": "2"}
    assert "Mixed contents" not in to_markdown(compare(write_records(tmp_path / "1", found)), [])
    found[0]["definition"] = {"data": {"test": "1", "train": "9"}, "transformer": "2"}
    said = to_markdown(compare(write_records(tmp_path / "2", found)), [])
    assert "not all runs had the same files of data set news." in said
    found[1]["definition"] = {"data": {"test": "1"}, "transformer": "8"}
    said = to_markdown(compare(write_records(tmp_path / "3", found)), [])
    assert "files of data set news, model tiny." in said


def test_model_may_be_called_as_a_data_set_is(tmp_path: Path) -> None:
    found = [make_record(make_job("a", seed, dataset="law", model="law"), 0.5) for seed in (1, 2)]
    for one in found:
        one["definition"] = {"data": {"test": "1"}, "transformer": "2"}
    assert compare(write_records(tmp_path / "1", found)).contents == []
    found[1]["definition"] = {"data": {"test": "1"}, "transformer": "8"}
    assert compare(write_records(tmp_path / "2", found)).contents == ["model law"]


def test_a_changed_config_is_said_with_what_changed(tmp_path: Path) -> None:
    found = [make_trained(seed, approach=name) for name in ("a", "b") for seed in (1, 2)]
    assert describe_sources(compare(write_records(tmp_path / "1", found)))[1:] == []
    changed = [*found, make_trained(3, approach="b", rate=3e-4)]
    assert "Mixed settings: not all runs of b had the same variables.rate." in describe_sources(
        compare(write_records(tmp_path / "2", changed))
    )
    changed.append(make_trained(3, approach="a", rate=3e-4))
    assert "Mixed settings: not all runs of a, b had the same variables.rate." in describe_sources(
        compare(write_records(tmp_path / "3", changed))
    )


def test_place_in_the_grid_is_no_difference() -> None:
    assert not list_settings([make_trained(), make_trained(2, fraction=0.1, lang="de")])


@pytest.mark.parametrize(
    ("other", "key"),
    [
        ({"more": "\n[extra]\nkey = 1\n"}, "extra.key"),
        ({"more": "patience = 3\n"}, "training.patience"),
        ({"epochs": None}, "training.max_epochs"),
        ({"threads": 2}, "threads"),
        ({"folds": 5}, "folds"),
        ({"longer": 2}, "longer"),
        ({"dev": 0.1}, "dev"),
        ({"device": "gpu"}, "device"),
        ({"train_on_dev": True}, "train_on_dev"),
    ],
)
def test_each_part_of_what_an_approach_is_counts(other: dict[str, Any], key: str) -> None:
    assert list_settings([make_trained(), make_trained(2, **other)]) == {"stable": [key]}
    assert not list_settings([make_trained(1, **other), make_trained(2, **other)])


def test_rounds_that_were_waited_for_may_differ_between_cells_but_not_within_one() -> None:
    def run(seed: int, fraction: float, epochs: int) -> dict[str, Any]:
        given = {"training.max_epochs": epochs}
        record = make_trained(seed, fraction=fraction, epochs=epochs, settings=given)
        return record | {"job": record["job"] | {"waited": ["training.max_epochs"]}}

    assert not list_settings([run(1, 0.1, 20), run(2, 0.1, 20), run(1, 1.0, 8)])
    assert list_settings([run(1, 0.1, 20), run(2, 0.1, 21), run(1, 1.0, 8)]) == {
        "stable": ["training.max_epochs"]
    }


def test_other_settings_may_not_differ_between_cells() -> None:
    def run(fraction: float, rate: float, epochs: int) -> dict[str, Any]:
        given = {"variables.rate": rate, "training.max_epochs": epochs}
        return make_trained(fraction=fraction, rate=rate, epochs=epochs, settings=given)

    found = [run(0.1, 3e-4, 20), run(1.0, 1e-4, 8)]
    assert list_settings(found) == {"stable": ["variables.rate", "training.max_epochs"]}
    # records of before do not say what was waited for, which is a whole number
    for one in found:
        del one["job"]["waited"]
    assert list_settings(found) == {"stable": ["variables.rate"]}


def test_kept_records_name_no_more_than_what_differed() -> None:
    """The number of rounds of *hybrid* was waited for; all else is as the grid has it."""
    assert list_settings(newest(read_records(RESULTS / "small"))) == {}


def test_a_block_in_place_of_a_value_is_named_once() -> None:
    block = '\n[training.rate]\n@misc = "auto"\nof = 1\n'
    value = "rate = 1\n"
    assert list_settings([make_trained(more=block), make_trained(2, more=value)]) == {
        "stable": ["training.rate"]
    }


@pytest.mark.parametrize("text", ["no config", "[a]\n[a]\n", "[a.b]\nc = 1"])
def test_a_text_that_is_no_config_is_compared_as_a_whole(text: str) -> None:
    other = make_trained(2) | {"definition": {"config": text}}
    assert "config" in list_settings([make_trained(), other])["stable"]
    assert not list_settings([other, other])


def test_of_many_keys_some_are_named(tmp_path: Path) -> None:
    more = "\n[extra]\n" + "".join(f"k{i} = {i}\n" for i in range(9))
    lines = describe_sources(
        compare(write_records(tmp_path, [make_trained(), make_trained(2, more=more)]))
    )
    assert lines[-1] == (
        "Mixed settings: not all runs of stable had the same extra.k0, extra.k1, extra.k2, "
        "extra.k3 and 5 more."
    )
