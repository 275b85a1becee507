import pytest

from adaptive_spacy.config.overrides import parse_overrides


def test_settings_are_read_as_spacy_reads_them() -> None:
    arguments = ["--variables.rate", "5e-5", "--training.patience=3", "--paths.dev", "a b.spacy"]
    assert parse_overrides(arguments, "check", "--paths.train") == {
        "variables.rate": 5e-5,
        "training.patience": 3,
        "paths.dev": "a b.spacy",
    }


def test_an_option_that_is_none_is_named_with_what_would_be_one() -> None:
    with pytest.raises(ValueError, match="expected an option of check") as error:
        parse_overrides(["--rate", "1"], "check", "--paths.train")
    assert str(error.value) == (
        "--rate: expected an option of check, or a setting of the config with a dot, e.g. "
        "--paths.train"
    )
