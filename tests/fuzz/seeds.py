"""Inputs of the formats that mark entities in texts, for the fuzzing of their readers."""

import json

SPAN = {"start": 0, "end": 3, "label": "PER"}
VALUE = {"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}
PAGE = {
    "value": {
        **{"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "startOffset": 0, "endOffset": 3},
        **{"text": "Ada", "globalOffsets": {"start": 0, "end": 3}, "hypertextlabels": ["PER"]},
    },
    **{"from_name": "l", "to_name": "h", "type": "hypertextlabels"},
}
TALK = {
    "value": {"start": "0", "end": "0", "startOffset": 0, "endOffset": 3, "paragraphlabels": ["X"]},
    **{"from_name": "l", "to_name": "d", "type": "paragraphlabels"},
}
RECORDS = (
    {"classes": ["PER"], "annotations": [None, ["Ada", {"entities": [[0, 3, "PER"]]}]]},
    {"tokenized_text": ["Ada", "sings"], "ner": [[0, 0, "PER"]]},
    {"sentences": [["Ada", "sings"], ["Ulm"]], "ner": [[[0, 0, "PER"]], [[2, 2, "LOC"]]]},
    {"tokens": ["Ada", "sings"], "tags": ["NNP", "VBZ"], "ner": ["B-PER", "O"]},
    {"text": "Ada sings", "tokens": ["Ada", "sings"], "entities": [[0, 3, "PER"]]},
    {"tokens": ["Ada", "sings"], "entities": [{"start": 0, "end": 1, "type": "PER"}]},
    {"content": "Ada", "annotation": [{"label": ["X"], "points": [{"start": 0, "end": 2}]}]},
    {"text": "Ada", "label": {"PER": {"Ada": [[0, 2]]}}},
    {"sentence": "Ada", "ents": [{"begin": 0, "length": 3, "offset": 0, "tag": "PER"}]},
    {"text": "Ada", "entities": {"start": [0], "end": [3], "label": ["PER"]}},
    {"text": "Ada", "spans": [{**SPAN, "score": 0.5, "answer": "reject"}], "answer": "accept"},
    {"id": 1, "text": "Ada", "ner": [VALUE], "annotation_id": 1},
    [{"data": {"h": "<p>Ada</p>"}, "annotations": [{"result": [PAGE]}]}],
    [{"data": {"d": [{"author": "x", "text": "Ada"}]}, "annotations": [{"result": [TALK]}]}],
    {
        "documents": [
            {
                "passages": [
                    {
                        "offset": 0,
                        "text": "Ada",
                        "annotations": [
                            {
                                "infons": {"type": "PER"},
                                "locations": [{"offset": 0, "length": 3}],
                                "text": "Ada",
                            }
                        ],
                    }
                ]
            }
        ]
    },
)
JSON = tuple(json.dumps(record).encode() for record in RECORDS)
#: by format
TEXTS: dict[str, tuple[bytes, ...]] = {
    "python": (
        b'import x\nTRAIN_DATA = [\n("Ada", {"entities": [(0, 3, "PER")]}),\n]\n',
        b"[('Ada', {'entities': [(0, 3, 'PER')]})]",
        b"{'text': 'Ada', 'entities': [(0, 3, 'PER')]}\n",
    ),
    "csv-records": (
        b'text,entities\nAda,"[[0, 3, ""PER""]]"\n',
        b"tokens;ner_tags\n['Ada'];['B-PER']\n",
        b'text,ner,annotation_id,lead_time\nAda,"[{""start"":0,""end"":3,""labels"":[""X""]}]",1,2\n',
    ),
    "pubtator": (b"1|t|Ada sings\n1|a|In Paris\n1\t0\t3\tAda\tPER\tD1\n1\tCID\tD1\tD2\n\n2|t|x\n",),
    "bioc": (
        b'<?xml version="1.0"?><collection><document><passage><offset>0</offset><text>Ada</text>'
        b'<annotation><infon key="type">X</infon><location offset="0" length="3"/><text>Ada</text>'
        b"</annotation></passage></document></collection>",
    ),
    "rasa": (
        b'nlu:\n- intent: x\n  examples: |\n    - I am [Ada](PER) [x]{"entity": "Y"}\n    - hi\n',
        b"## intent:x\n- I am [Ada](PER)\n## synonym:y\n- z\n",
    ),
    "opennlp": (b"<START:PER> Ada <END> sings .\nx\n",),
    "inline-tags": (b'<PER>Ada</PER> &amp; <X type="LOC">Paris</X>\n<s>x</s>\n',),
    "links": (b"[Ada](PER) sings\nx\n", b'["[Ada](PER) sings", "x"]\n'),
    "braces": (b"{{PER:Ada}} sings\nx\n", b'["{{PER:Ada}} sings"]\n'),
}
