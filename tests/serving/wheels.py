"""What is in a wheel."""

import zipfile
from pathlib import Path


def read_wheel(wheel: Path, ending: str) -> str:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [one for one in opened.namelist() if one.endswith(ending)]
        return opened.read(name).decode()
