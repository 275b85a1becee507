"""Panels of a training's figure: the bands of its phases."""

from adaptive_spacy.report.panels import phase_rows
from adaptive_spacy.training.history import Stretch


def test_phase_rows_stack_names_that_do_not_fit():
    narrow = [Stretch("warmup", 0, 2), Stretch("plateau", 2, 3), Stretch("cooldown", 3, 60)]
    assert phase_rows(narrow, 60) == [0, 1, 0]


def test_phase_rows_name_one_band_of_each_kind_when_there_are_many():
    phases = [Stretch("warmup", 0, 2)]
    for i in range(2, 42, 2):
        phases += [Stretch("plateau", i, i + 1), Stretch("cooldown", i + 1, i + 2)]
    phases[-1] = Stretch("cooldown", 41, 48)
    rows = phase_rows(phases, 48)
    named = [phase for phase, row in zip(phases, rows, strict=True) if row is not None]
    assert [one.phase for one in named] == ["warmup", "plateau", "cooldown"]
    assert named[-1] == phases[-1]
