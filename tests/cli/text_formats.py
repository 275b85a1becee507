"""A file of each format that marks entities in a text: the same text with the same entities."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXT = "Ada lives in New York."
WORDS = ["Ada", "lives", "in", "New", "York", "."]
SPANS = [[0, 3, "PER"], [13, 21, "LOC"]]

BIOC_PASSAGE = {
    "offset": 0,
    "text": TEXT,
    "annotations": [
        {
            "infons": {"type": label},
            "locations": [{"offset": start, "length": end - start}],
            "text": TEXT[start:end],
        }
        for start, end, label in SPANS
    ],
}
BIOC = "".join(
    f'<annotation><infon key="type">{label}</infon><location offset="{start}" '
    f'length="{end - start}"/><text>{TEXT[start:end]}</text></annotation>'
    for start, end, label in SPANS
)
#: format, name of the file, what is in it; a record is written as JSON
CONTENTS: list[tuple[str, str, Any]] = [
    ("bioc-json", "corpus.json", {"documents": [{"passages": [BIOC_PASSAGE]}]}),
    (
        "dygie",
        "corpus.jsonl",
        {"doc_key": "a", "sentences": [WORDS], "ner": [[[0, 0, "PER"], [3, 4, "LOC"]]]},
    ),
    (
        "token-entities",
        "corpus.jsonl",
        {"tokenized_text": WORDS, "ner": [[0, 0, "PER"], [3, 4, "LOC"]]},
    ),
    (
        "dataturks",
        "corpus.jsonl",
        {
            "content": TEXT,
            "annotation": [
                {"label": [label], "points": [{"start": start, "end": end - 1, "text": found}]}
                for start, end, label in SPANS
                for found in [TEXT[start:end]]
            ],
        },
    ),
    (
        "types",
        "corpus.jsonl",
        {"text": TEXT, "label": {"PER": {"Ada": [[0, 2]]}, "LOC": {"New York": [[13, 20]]}}},
    ),
    (
        "csv-records",
        "corpus.csv",
        'text,entities\n"Ada lives in New York.","[[0, 3, ""PER""], [13, 21, ""LOC""]]"\n',
    ),
    (
        "python",
        "corpus.py",
        f'TRAIN_DATA = [\n    ("{TEXT}", {{"entities": [(0, 3, "PER"), (13, 21, "LOC")]}}),\n]\n',
    ),
    ("pubtator", "corpus.txt", f"1|t|{TEXT}\n1|a|\n1\t0\t3\tAda\tPER\n1\t13\t21\tNew York\tLOC\n"),
    (
        "bioc",
        "corpus.xml",
        "<collection><document><id>1</id><passage><offset>0</offset>"
        f"<text>{TEXT}</text>{BIOC}</passage></document></collection>",
    ),
    (
        "rasa",
        "corpus.yml",
        "nlu:\n- intent: x\n  examples: |\n    - [Ada](PER) lives in [New York](LOC).\n",
    ),
    (
        "opennlp",
        "corpus.txt",
        "<START:PER> Ada <END> lives in <START:LOC> New York <END> .\n",
    ),
    ("inline-tags", "corpus.txt", "<PER>Ada</PER> lives in <LOC>New York</LOC>.\n"),
    ("links", "corpus.txt", "[Ada](PER) lives in [New York](LOC).\n"),
    ("links", "corpus.json", json.dumps(["[Ada](PER) lives in [New York](LOC)."])),
    ("braces", "corpus.txt", "{{PER:Ada}} lives in {{LOC:New York}}.\n"),
]


def make_writer(name: str, content: Any) -> Callable[[Path], Path]:
    """RETURNS (Callable[[Path], Path]): Writes the file into a folder and returns its path."""

    def write(folder: Path) -> Path:
        text = content if isinstance(content, str) else json.dumps(content) + "\n"
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return write


TEXT_WRITERS = [(format, make_writer(name, content)) for format, name, content in CONTENTS]
