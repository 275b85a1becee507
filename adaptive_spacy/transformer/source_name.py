"""Where a network was loaded from, as the file of its model says it.

thinc writes the attributes of a model itself, wherever the model stands in another one, and asks
the type of a value how. So what is kept from a file cannot be lost on the way to it.
"""

from pathlib import PureWindowsPath
from typing import Any

import srsly
from thinc.api import Model
from thinc.model import deserialize_attr, serialize_attr

from adaptive_spacy.transformer.hub import is_folder


class SourceName(str):
    """A name of the hub or a folder: a path of this machine, which a file names only until the
    network was loaded. Then nobody looks there again."""

    __slots__ = ()

    @property
    def bare(self) -> str:
        """RETURNS (str): The name without the folders around it."""
        # knows the separators of either system: an earlier version's file holds a path of another
        return PureWindowsPath(self).name if is_folder(self) else str(self)


@serialize_attr.register(SourceName)
def write_name(_: Any, value: SourceName, name: str, model: Model) -> bytes:
    """RETURNS (bytes): What thinc writes of a model's attribute."""
    shown = value.bare if model.attrs["has_transformer"] else str(value)
    return bytes(srsly.msgpack_dumps(shown))


@deserialize_attr.register(SourceName)
def read_name(_: Any, value: bytes, name: str, model: Model) -> SourceName:
    """RETURNS (SourceName): What was written, of files of earlier versions a path maybe."""
    return SourceName(srsly.msgpack_loads(value))
