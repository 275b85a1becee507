"""Two tiers of tests: by default a slice of what `--slow` tests whole."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

#: Without a limit of time for an example: on a busy machine it would fail by chance
settings.register_profile("slice", max_examples=100, deadline=None)
settings.register_profile("whole", max_examples=200, deadline=None)


def examples(count: int, **others: Any) -> settings:
    """Settings of a property test.

    count (int): Examples that it draws by default; with `--slow` twice as many.
    others: Other settings of hypothesis.
    """
    return settings(max_examples=count * settings().max_examples // 100, **others)


def sliced(names: Iterable[str], of: Iterable[str]) -> list[Any]:
    """Parameters of a test: some that run by default, all with `--slow`.

    names (Iterable[str]): Those that run by default.
    of (Iterable[str]): All.
    """
    default = set(names)
    unknown = default - set(of)
    assert not unknown, unknown
    return [one if one in default else pytest.param(one, marks=pytest.mark.slow) for one in of]
