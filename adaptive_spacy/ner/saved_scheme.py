"""Whether weights that are read are of the tags that a component reads them as."""

from typing import Any

from adaptive_spacy.ner.tags import SCHEMES, count_tags

#: Where the labels' file names it. Files of earlier versions do not
SCHEME = "scheme"


def require_scheme_of(cfg: dict[str, Any], scheme: str, pipe: str) -> None:
    """Check the scheme that a file names, before its weights are read.

    cfg (dict): The labels' file. scheme, pipe (str): Of the component that reads it.
    RAISES (ValueError): If it is another one.
    """
    if cfg.get(SCHEME, scheme) != scheme:
        raise ValueError(_other(pipe, scheme, cfg[SCHEME]))


def require_rows_of(cfg: dict[str, Any], rows: int | None, scheme: str, pipe: str) -> None:
    """Check that weights have a row per tag, for files that do not name their scheme. Whoever
    writes adds the rows of new labels first, so that fewer are no sign of them.

    cfg (dict): The labels' file. rows (int | None): What was read; None: no weights.
    scheme, pipe (str): Of the component that reads them.
    RAISES (ValueError): If the rows are those of another scheme, or of other labels.
    """
    labels = len(cfg.get("labels", ()))
    if rows is None or not labels or rows == count_tags(scheme, labels):
        return
    fitting = [one for one in SCHEMES if count_tags(one, labels) == rows]
    if fitting:
        raise ValueError(_other(pipe, scheme, fitting[0]))
    raise ValueError(
        f"{pipe}: expected an output layer of {count_tags(scheme, labels)} rows for {labels} "
        f"labels under the scheme {scheme}, got {rows}: its files cfg and model are not of one "
        "training; copy the pipeline anew"
    )


def _other(pipe: str, scheme: str, trained: str) -> str:
    return (
        f"{pipe}: expected the scheme {trained}, which its weights were trained with, got "
        f'{scheme}: set [components.{pipe}] scheme = "{trained}", or train anew'
    )
