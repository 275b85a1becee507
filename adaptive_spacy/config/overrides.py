"""Settings of a config on the command line, as in `spacy train`."""

from collections.abc import Sequence
from typing import Any

import click
from spacy.cli._util import parse_config_overrides


def parse_overrides(arguments: Sequence[str], command: str, example: str) -> dict[str, Any]:
    """Read settings.

    arguments (Sequence[str]): What a command did not know, e.g. ["--variables.rate", "5e-5"].
    command (str): Its name, and example (str): a setting it is often given, for the message.
    RETURNS (dict): Values by dotted key.
    RAISES (ValueError): If an argument is no setting.
    """
    try:
        found: dict[str, Any] = parse_config_overrides(list(arguments))
    except click.NoSuchOption as error:
        raise ValueError(
            f"{error.option_name}: expected an option of {command}, or a setting of the config "
            f"with a dot, e.g. {example}"
        ) from None
    return found
