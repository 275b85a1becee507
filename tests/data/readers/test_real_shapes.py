"""Shapes of files that public data sets have, and that were once read wrongly or not at all."""

import pytest

from adaptive_spacy.data.readers.formats import open_source
from tests.data.readers.opened import Read, put, read, refuse

# --- rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "B-PER O B-LOC\nO O B-PER\n",
        "O O B-PER O\nO B-LOC O O\n",
        "B-PER\tAda\tB-X\nO\truns\tO\n",
    ],
)
def test_tags_are_no_tokens(tmp_path, content):
    options = [{}, *({"tag_column": i} for i in (1, 2))]
    for given in options:
        message = refuse(tmp_path, content, **given)
        assert "found tags in column 0 (" in message
        assert "--token-column says where the token is" in message
    # who insists is believed
    assert len(read(tmp_path, content, token_column=0, tag_column=2)) == 1


def test_tokens_that_look_like_tags_are_tokens_beside_one_tag(tmp_path):
    assert read(tmp_path, "O\tO\nB-1\tB-DRUG\n") == [Read("O B-1", [("B-1", "DRUG")], [])]


@pytest.mark.parametrize(
    ("tag", "scheme"),
    [
        ("B-DNA|B-protein", "auto"),
        ("B-PER|O|O", "auto"),
        ("B-ORG;I-LOC", "BIO"),
        ("B_A|B_B", "auto"),
        ("B-PER O", "auto"),
        ("B-PER I-PER O", "BIO"),
    ],
)
def test_several_tags_in_one_are_refused(tmp_path, tag, scheme):
    for repair in (False, True):
        message = refuse(tmp_path, f"Ada\t{tag}\nruns\tO\n", scheme=scheme, repair=repair)
        assert message.startswith(f":1: found several tags in one, '{tag}', expected one per token")
    assert read(tmp_path, f"Ada\t{tag}\nruns\tO\n", scheme="bare")[0].ents == [("Ada", tag)]


@pytest.mark.parametrize("sense", ["ship.n.01", "sail.v.02", "sail.01"])
def test_senses_of_words_are_no_types(tmp_path, sense):
    rows = f"ship\t{sense}\nsails\tO\nship\t{sense}\nsails\tO\n"
    assert f"found tag '{sense}'" in refuse(tmp_path, rows)


def test_comments_may_name_columns_and_documents(tmp_path):
    rows = "Ada\tada\tPROPN\tx\ty\tB-PER\nruns\trun\tVERB\tx\ty\tO\n"
    comments = "# newdoc id = a/1\n# tok:gold\tlem:gold\tpos:gold\ta\tb\tner:gold\n"
    path = put(tmp_path, f"{comments}{rows}\n# newdoc id = a/2\n{rows}")
    assert [one.words for one in open_source(path, group="documents")] == [["Ada", "runs"]] * 2
    (first, _) = open_source(path)
    assert first.ents == [(0, 1, "PER")]
    assert read(tmp_path, "# 1\tB-X\n", "two")[0].ents == [("# 1", "X")]


def test_comments_may_have_tabs(tmp_path):
    rows = "ada _ _ B-PER\nking _ _ I-PER\nruns _ _ O\n"
    text = f"# id 12-ab\tdomain=en\n{rows}\n# id 13-ab\tdomain=en\n{rows}"
    assert read(tmp_path, text) == [Read("ada king runs", [("ada king", "PER")], [])] * 2


HIPE = (
    "TOKEN\tNE\tMISC\n# hipe:document_id = a\nAda\tB-pers\t_\nran\tO\tNoSpaceAfter\n"
    ".\tO\tEndOfSentence\nUlm\tB-loc\tEndOfSentence|NoSpaceAfter\n"
    "# hipe:document_id = b\nIt\tO\t_\nends\tO\t_\n"
)


def test_flags_end_sentences(tmp_path):
    assert [one.text for one in read(tmp_path, HIPE)] == ["Ada ran.", "Ulm", "It ends"]
    documents = list(open_source(put(tmp_path, HIPE), group="documents"))
    assert [(one.text.strip(), one.sent_starts) for one in documents] == [
        ("Ada ran. Ulm", [0, 3]),
        ("It ends", [0]),
    ]


def test_tags_that_go_on_behind_a_flag_are_found(tmp_path):
    rows = HIPE.replace("B-loc", "I-loc")
    assert refuse(tmp_path, rows).startswith(
        ":6: found 'I-loc' at the start of a sentence, expected B-loc or I-loc before it"
    )


def test_a_list_of_names_is_no_text(tmp_path):
    names = ",entity,label\n1,Ada Lovelace,B-PER\n2,New York,B-LOC\n3,Ulm,B-LOC\n"
    assert "found texts of several words in column 1" in refuse(tmp_path, names)


# --- records ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        [["Ada runs", [[0, 3, "PER"]]], ["It ends", []]],
        "DATA = [('Ada runs', [(0, 3, 'PER')]), ('It ends', [])]\n",
    ],
)
def test_tuples_of_a_text_and_a_list_are_read(tmp_path, content):
    expected = [Read("Ada runs", [("Ada", "PER")], []), Read("It ends", [], [])]
    assert read(tmp_path, content) == expected


@pytest.mark.parametrize("key", ["ne", "ne_tags", "bio_tags", "iob_tags"])
def test_tags_are_found_under_more_names(tmp_path, key):
    record = {"Text": "Ada runs", "tokens": ["Ada", "runs"], key: ["B-PER", "O"]}
    assert read(tmp_path, record) == [Read("Ada runs", [("Ada", "PER")], [])]


def test_entities_that_name_each_token_are_read(tmp_path):
    words = ["Ada", "King", "runs"]
    record = {"sentence": words, "ner": [{"index": [0, 1], "type": "PER"}]}
    assert read(tmp_path, record) == [Read("Ada King runs", [("Ada King", "PER")], [])]
    for index in ([0, 2], [], ["0"], [1, 0]):
        bad = {
            "sentence": words,
            "ner": [{"index": [2], "type": "X"}, {"index": index, "type": "X"}],
        }
        assert "expected tokens that follow one another" in refuse(tmp_path, bad)
    assert "expected tokens from 0 to 2" in refuse(
        tmp_path, {"sentence": words, "ner": [{"index": [2, 3], "type": "X"}]}
    )


def piece(text: str, start: int, end: int) -> dict[str, object]:
    return {"text": text, "start": start, "end": end, "tokenizer_id": 7}


def test_word_pieces_of_prodigy_are_taken_from_the_text(tmp_path):
    pieces = [
        ("<s>", 0, 0),
        ("\u2581Ma", 0, 2),
        ("##ren", 2, 5),
        ("\u2581runs", 6, 10),
        ("</s>", 0, 0),
    ]
    record = {
        "text": "Maren runs",
        "tokens": [piece(*one) for one in pieces],
        "spans": [{"start": 0, "end": 5, "token_start": 1, "token_end": 2, "label": "PER"}],
        "_view_id": "ner_manual",
        "answer": "accept",
    }
    (sentence,) = open_source(put(tmp_path, record))
    assert sentence.words == ["Ma", "ren", "runs"]
    assert (sentence.text, sentence.ents) == ("Maren runs", [(0, 2, "PER")])
    # others must be what the text has
    record["tokens"] = [{**one, "tokenizer_id": None} for one in record["tokens"][1:-1]]
    del record["tokens"][0]["tokenizer_id"]
    assert "found token 0, '\u2581Ma' from 0 to 2" in refuse(tmp_path, record)


# --- known and not read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("T1\tPER 0 3\tAda\n", "brat's annotations without their text"),
        ("T1\tPER 0 3;5 8\tAda Bob\nR1\tX Arg1:T1 Arg2:T1\t\n", "brat's annotations without"),
        (" # ner.Entity | value\n#id=1\n#text=Ada runs\n1-1\tAda\tB-PER\t\n", "WebAnno TSV 2"),
    ],
)
def test_files_are_named_that_are_not_read(tmp_path, content, found):
    assert refuse(tmp_path, content).startswith(f": expected a format that is read, found {found}")
