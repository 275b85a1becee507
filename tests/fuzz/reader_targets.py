"""The parsers that are fuzzed, with options, and inputs that each reads."""

import importlib.util
import json
from typing import Any, NamedTuple

from tests.fuzz import seeds

# what lies between the files of one input, e.g. brat's text and annotations
DIVIDER = b"\0\0"

SPAN = {"start": 0, "end": 3, "label": "PER"}
TOKENS = [{"text": "Ada", "start": 0, "end": 3}, {"text": "sings", "start": 4, "end": 9}]
RESULT = {"type": "labels", "value": {"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}}


class Target(NamedTuple):
    """A parser with options, and inputs that it reads.

    format (str): The name of the format for `open_source`.
    options (dict[str, Any]): Options of the format.
    seeds (tuple[bytes, ...]): Inputs.
    names (tuple[str, ...]): The files that an input is divided into; several lie in one folder.
    """

    format: str
    options: dict[str, Any]
    seeds: tuple[bytes, ...]
    names: tuple[str, ...] = ("file",)


def as_json(*records: Any) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


CONLL = (
    b"Ada\tB-PER\nLovelace\tI-PER\nsings\tO\n\nParis\tB-LOC\n",
    b"-DOCSTART- -X- O O\n\nEU NNP B-NP I-ORG\nsays VBZ B-VP O\n\n-DOCSTART- O\n\na b c O\n",
    b"# sent_id = 1\n1\tAda\tX\tB-PER\t_\n2\tsings\tY\tO\t_\n\n#\tx\n1\tParis\tX\tB-LOC\t_\n",
    b"\xef\xbb\xbfAda PER\r\nbn\r\nsings 0\r\n \t\r\nParis LOC\r\n",
    b"a B-X\nb E-X\nc S-X\nd O\n",
    b"a B-X\nb L-X\nc U-X\nd O\n",
)
CONLLU = (
    b"# text = Ada.\n1-2\tAda.\t_\t_\t_\t_\t_\t_\t_\t_\n"
    b"1\tAda\t_\t_\t_\t_\t_\t_\t_\tNE=B-PER|SpaceAfter=No\n"
    b"2\t.\t_\t_\t_\t_\t_\t_\t_\tNE=O\n2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_\n",
    b"# global.columns = ID FORM NER\n1\tAda\tB-PER\n2\truns\tO\n\n1\tUlm\tB-LOC\n",
)
CONLL_2012 = (
    b"#begin document (a); part 000\na 0 0 Ada X * - - - - (PER* -\na 0 1 B X * - - - - *) -\n\n"
    b"a 0 0 Ulm X * - - - - (GPE) (V*) -\n\n#end document\n",
)
TABLES = (
    b'Sentence #,Word,POS,Tag\nSentence: 1,Ada,NNP,B-PER\n,"""",",",O\nSentence: 2,a,b,O\n',
    b"doc\tsent_id\tword\tner\na\t1\tAda\tPER_B\na\t1\truns\tO\nb\t1\tUlm\tLOC_B\n",
    b"Ada;B-PER\nruns;O\n\nUlm;B-LOC\n",
)
MARKED = (b"Ada|NNP|B-PER runs|VBZ|O\nUlm|NNP|B-LOC\n", b"Ada/PER 1/2/O\n\nUlm/LOC\n")
WEBANNO = (
    b"#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|value\n\n#Text=Ada B.\n"
    b"1-1\t0-3\tAda\tPER[1]\t\n1-2\t4-5\tB\tPER[1]\t\n1-3\t5-6\t.\t_\t\n",
)
JSON = (
    as_json({"text": "Ada sings", "tokens": TOKENS, "spans": [SPAN], "missing": [1]}),
    as_json({"id": 1, "text": "Ada sings", "label": [[0, 3, "PER"]]}),
    as_json([{"id": 1, "data": {"text": "Ada sings"}, "annotations": [{"result": [RESULT]}]}]),
    as_json([{"id": 1, "text": "Ada sings", "label": [{"start": 0, "end": 3, "labels": ["PER"]}]}]),
    as_json([["Ada sings", {"entities": [[0, 3, "PER"]]}]]),
    as_json({"text": "Ada", "entities": [SPAN]}, {"text": "\U0001f600 Ada", "entities": []}),
    as_json({"tokens": ["Ada", "sings"], "ner_tags": ["B-PER", "O"]}),
    json.dumps({"text": "Ada sings", "entities": [SPAN]}, indent=1).encode(),
)
BRAT = (
    b"Ada sings in Paris"
    + DIVIDER
    + b"T1\tPER 0 3\tAda\nT2\tLOC 13 18\tParis\nR1\tx Arg1:T1 Arg2:T2\n",
    b"Ada\r\nsings" + DIVIDER + b"T1\tPER 0 1;2 3\tA a\n#1\tNote T1\tx\nA1\tSure T1\n",
)
BIONLP = (
    DIVIDER.join(
        (
            b"Ada binds Bob",
            b"T1\tProtein 0 3\tAda\nT2\tProtein 10 13\tBob\n",
            b"T3\tBinding 4 9\tbinds\nE1\tBinding:T3 Theme:T1 Theme2:T2\nT4\tSite 10 13\tBob\n",
        )
    ),
    DIVIDER.join((b"Ada\nB", b"T1\tX 0 5\tAda B\n", b"")),
)


def list_targets() -> list[Target]:
    """RETURNS (list[Target]): Every parser, strict and with repairs."""
    targets = []
    for repair in (False, True):
        targets += [
            Target("auto", {"repair": repair}, (*CONLL, *JSON)),
            Target("auto", {"repair": repair, "lang": "zh"}, (*CONLLU, *TABLES, *MARKED, *WEBANNO)),
            Target("conllu", {"repair": repair, "group": "documents", "missing_tag": "O"}, CONLLU),
            Target("conllu", {"repair": repair, "tag_column": "NE", "sentences": 1}, CONLLU),
            Target("conll-2012", {"repair": repair, "group": "documents"}, CONLL_2012),
            Target("csv", {"repair": repair, "white_space": "drop", "join": ""}, TABLES),
            Target("csv", {"repair": repair, "missing_tag": "mask", "group": "2"}, TABLES),
            Target("lines", {"repair": repair, "missing_tag": "O"}, MARKED),
            Target("webanno", {"repair": repair, "sentences": 2}, WEBANNO),
            Target("conll", {"repair": repair, "type": "GENE", "sentences": 2}, CONLL),
            Target("conll", {"repair": repair, "missing_tag": "mask", "group": "2"}, CONLL),
            Target("conll", {"repair": repair, "scheme": "bare", "encoding": "latin-1"}, CONLL),
            Target("conll", {"repair": repair, "encoding": "utf-7"}, CONLL),
            Target("jsonl", {"repair": repair, "lang": "en"}, JSON),
            Target("jsonl", {"repair": repair, "missing_tag": "mask"}, JSON),
            Target("brat", {"repair": repair}, BRAT, ("a.txt", "a.ann")),
            Target("brat", {"repair": repair}, BIONLP, ("a.txt", "a.a1", "a.a2")),
            Target("jsonl", {"repair": repair}, seeds.JSON),
            Target("jsonl", {"repair": repair, "offsets": "utf-16"}, (*JSON, *seeds.JSON)),
            Target("jsonl", {"repair": repair, "spans_key": "ner"}, (*JSON, *seeds.JSON)),
            Target("auto", {"repair": repair}, sum(seeds.TEXTS.values(), ())),
        ]
        targets += [Target(name, {"repair": repair}, one) for name, one in seeds.TEXTS.items()]
        if importlib.util.find_spec("pyarrow"):
            targets += [
                Target("hub", {"repair": repair}, make_parquet(TAGGED), PARQUET),
                Target(
                    "hub", {"repair": repair, "missing_tag": "mask"}, make_parquet(GAPS), PARQUET
                ),
                Target("hub-records", {"repair": repair}, make_parquet(RECORDS), PARQUET),
            ]
    return targets


#: Tables of tokens and tags, some of them without, and of texts and entities
TAGGED: list[dict[str, list[Any]]] = [
    {"tokens": [["Ada", "sings"], []], "ner_tags": [["B-PER", "O"], []]},
    {"tokens": [["Ada"], ["Paris"]], "ner_tags": [["B-PER"], ["O"]]},
]
GAPS: list[dict[str, list[Any]]] = [
    {"tokens": [["Ada", "x"], ["Paris"]], "ner_tags": [["B-PER", "O"], [None]]},
]
RECORDS: list[dict[str, list[Any]]] = [
    {"text": ["Ada sings", ""], "entities": [[SPAN], []]},
    {"text": ["Ada"], "spans": [{"start": [0], "end": [3], "label": ["PER"]}]},
    {"sentence": ["Ada"], "labels": [[{"begin": 0, "length": 3, "tag": "PER"}]]},
]
PARQUET = ("a.parquet",)


def make_parquet(tables: list[dict[str, list[Any]]]) -> tuple[bytes, ...]:
    """RETURNS (tuple[bytes, ...]): The tables as files."""
    import pyarrow
    import pyarrow.parquet

    found = []
    for table in tables:
        sink = pyarrow.BufferOutputStream()
        pyarrow.parquet.write_table(pyarrow.table(table), sink)
        found.append(sink.getvalue().to_pybytes())
    return tuple(found)
