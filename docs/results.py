"""Writes the rows of README.md's results from the tables of docs/results.md.

    python -m docs.results

The tables there are what `adaptive-spacy report benchmarks/results/small` makes of the records, so
that README, page and records say the same; tests compare all three.
"""

from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "results.md"
README = ROOT / "README.md"
BEGIN = "<!-- results: made by `python -m docs.results` -->\n"
END = "<!-- end of results -->"

#: Which rows of "Test F1" the README shows: the method alone, from the least data to the most
DATASET, APPROACH = "wikigold", "adaptive"
#: What they show, by the name of the column in docs/results.md and in the README
COLUMNS = {
    "sentences": "sentences to train on",
    "seeds": "seeds",
    "epochs": "epochs it found",
    "last": "test F1 of the last checkpoint",
    "token updates": "tokens learnt from",
}


def read_table(text: str, section: str, first: str = "") -> list[dict[str, str]]:
    """Read a table of a section.

    text (str): A page in Markdown.
    section (str): Heading of the section, without marks.
    first (str): How the table's first column begins; by default any does.
    RETURNS (list[dict[str, str]]): A dict per row, by column.
    """
    lines = text.split(f"## {section}\n", 1)[1].split("\n## ")[0].splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(f"| {first}"))
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in takewhile(lambda line: line.startswith("|"), lines[begin:])
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def make_rows(page: str) -> str:
    """RETURNS (str): The README's table."""
    found = [
        row
        for row in read_table(page, "Test F1")
        if (row["data set"], row["approach"]) == (DATASET, APPROACH)
    ]
    lines = [[*COLUMNS.values()], ["---"] * len(COLUMNS)]
    for row in found:
        row["seeds"] = str(len(row["seeds"].split(", ")))
        lines.append([row[name] for name in COLUMNS])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def fill(readme: str, page: str) -> str:
    """RETURNS (str): The README with the rows between its markers."""
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}{make_rows(page)}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    text = fill(README.read_text(encoding="utf8"), PAGE.read_text(encoding="utf8"))
    README.write_text(text, encoding="utf8")
    print(f"Wrote {README.relative_to(ROOT)}")
