"""Values in Python's syntax, in cells of tables; those of programs are in `test_python_records`."""

import pytest

from adaptive_spacy.data.readers.literals import parse_literal


@pytest.mark.parametrize("text", ["['a' 'b']", "['a'\n 'b']", '["it\'s" "x"]'])
def test_arrays_of_numpy_are_no_lists(text):
    with pytest.raises(ValueError, match="as numpy prints arrays"):
        parse_literal(text)
    assert parse_literal("['a', \"it's ' '\", None, 1.5]") == ["a", "it's ' '", None, 1.5]
