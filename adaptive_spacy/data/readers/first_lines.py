"""The first lines of a file, by which formats of lines are recognised."""

from adaptive_spacy.data.readers.reader import PathSample


def list_first_lines(sample: PathSample) -> list[str]:
    """RETURNS (list[str]): The lines at the beginning of a file, without one that is cut; nothing
    of a folder, and of JSON."""
    if sample.is_folder or sample.is_json:
        return []
    lines = sample.text.splitlines()
    is_cut = not sample.text.endswith(("\n", "\r"))
    return lines[:-1] if is_cut and len(lines) > 1 else lines
