"""Changes to a config, each of which says what it did."""

from adaptive_spacy.config.edits import Block, name_of, put_callback, set_value


def test_callback_takes_the_place_of_another_and_calls_it() -> None:
    block: Block = {"before_update": {"@callbacks": "theirs.v1"}, "empty": None}
    assert put_callback(block, "before_update", "ours.v1") == "theirs.v1"
    assert block["before_update"] == {"@callbacks": "ours.v1", "then": {"@callbacks": "theirs.v1"}}
    assert put_callback(block, "before_update", "ours.v1") is None, "it is there"
    assert put_callback(block, "before_update", "theirs.v1") is None, "wherever in the chain"
    assert put_callback(block, "empty", "ours.v1") == ""
    assert block["empty"] == {"@callbacks": "ours.v1"}


def test_value_is_set_and_said_unless_it_is_that_already() -> None:
    block: Block = {"a": 1, "b": None, "c": "${x.y}"}
    done: list[str] = []
    set_value(block, "a", 1, "[training]", done)
    assert done == []
    set_value(block, "a", None, "[training]", done)
    set_value(block, "b", 2, "[training]", done)
    set_value(block, "new", 3, "[training]", done)
    # what stands there is a reference, and what it gives is told apart
    set_value(block, "c", 4, "[training]", done, plain={"c": 4})
    assert block == {"a": None, "b": 2, "c": "${x.y}", "new": 3}
    set_value(block, "c", 4, "[training]", done, plain={"c": 5})
    assert block["c"] == 4
    assert done == [
        "[training] a = null (was 1)",
        "[training] b = 2",
        "[training] new = 3",
        "[training] c = 4 (was 5)",
    ]


def test_name_of_a_block_is_what_it_calls() -> None:
    assert name_of({"rate": 1, "@schedules": "constant.v1"}) == "constant.v1"
    assert name_of({"rate": 1}) == "a block"
    assert name_of(0.5) == "0.5"
