"""The shipped recipes: valid, and their corpora read as they say."""

import hashlib
import re
import subprocess
import zlib

import pytest
import srsly

from adaptive_spacy.data.converted import SplitSummary
from adaptive_spacy.data.datasets import convert_recipe, read_recipe
from tests.conftest import ROOT, corpus_file
from tests.data.util import load_docs

DATASETS = ROOT / "assets" / "datasets.yml"


CONLL2003 = """\
-DOCSTART- -X- -X- O

EU NNP B-NP I-ORG
rejects VBZ B-VP O
German JJ B-NP I-MISC
British JJ I-NP B-MISC
lamb NN I-NP O

"""


@pytest.mark.parametrize("name", srsly.read_yaml(DATASETS))
def test_shipped_recipe_is_valid_and_states_its_licence(name):
    recipe = read_recipe(name, datasets=DATASETS, raw="somewhere")
    assert recipe.licence
    assert recipe.source
    assert recipe.inputs
    assert all("{" not in str(path) for path, _ in recipe.inputs)


@pytest.mark.parametrize(
    ("name", "sentences", "entities", "warnings"),
    [
        ("wikigold", [1187, 255, 254], [2437, 550, 571], []),
        ("wnut17", [3394, 1009, 1287], [1975, 836, 1079], []),
        (
            "swedish_ner_corpus",
            [6196, 689, 2453],
            [3779, 421, 1403],
            ["Texts that occur in more than one split: 2 in dev and test, 15 in train and test"],
        ),
        (
            "uner_english_ewt",
            [1601, 400, 2077],
            [778, 188, 1088],
            ["Texts that occur in more than one split: 4 in dev and test, 23 in train and test"],
        ),
    ],
)
def test_shipped_recipe_converts_real_corpus(tmp_path, name, sentences, entities, warnings):
    raw = corpus_file(name).parent
    summary = convert_recipe(name, tmp_path / "out", datasets=DATASETS, raw=raw)
    assert list(summary.splits) == ["train", "dev", "test"]
    assert [split.sentences for split in summary.splits.values()] == sentences
    assert [split.entities.total() for split in summary.splits.values()] == entities
    assert summary.warnings() == warnings
    for split, counted in summary.splits.items():
        stored = SplitSummary()
        for doc in load_docs(tmp_path / "out" / f"{split}.spacy"):
            stored.docs += 1
            stored.sentences += 1
            stored.tokens += len(doc)
            stored.missing += sum(token.ent_iob == 0 for token in doc)
            stored.entities.update(ent.label_ for ent in doc.ents)
        assert stored == counted


#: of the unpacked bytes, as packing differs between versions of zlib
WIKIGOLD = {
    "train": "57ccc23422461ac785244904bc87c8e9ed624d2a4b2b59bf81cc157d2667c9ca",
    "dev": "2a796fa5c2f8f92fde9a95d6a63038770456814df27512fbaa27e72fd989fe04",
    "test": "c0f744f53e425c88479e08b1777c19084711021abeec678ba39c0ec3a85f6b3a",
}


def test_wikigold_is_divided_as_for_the_published_records(tmp_path):
    raw = corpus_file("wikigold").parent
    convert_recipe("wikigold", tmp_path / "out", datasets=DATASETS, raw=raw)
    found = {
        path.stem: hashlib.sha256(zlib.decompress(path.read_bytes())).hexdigest()
        for path in (tmp_path / "out").iterdir()
    }
    assert found == WIKIGOLD


EHEALTH = "Los coronavirus causan cáncer de pulmón.\nEl agua cura.\n"
EHEALTH_ANN = """\
T1\tConcept 4 15\tcoronavirus
T2\tAction 16 22\tcausan
T3\tConcept 30 32;33 39;23 29\tde pulmón cáncer
T4\tConcept 33 39\tpulmón
R0\tsubject Arg1:T2 Arg2:T1
T5\tConcept 44 48\tagua
*\tsame-as T1 T5
"""
SWE_NERC = "Anna\tPRS\tHUM\nKungl\tGRO\tORG\nKBAB\tGRO\tORG\tB\n\t\t\nsover\tO\t\n"


def test_recipe_of_conll2003_reads_its_format(tmp_path):
    folder = tmp_path / "conll2003"
    folder.mkdir()
    for name in ("train", "testa", "testb"):
        (folder / f"eng.{name}").write_text(CONLL2003)
    convert_recipe("conll2003", tmp_path / "out", datasets=DATASETS, raw=tmp_path)
    (doc,) = load_docs(tmp_path / "out" / "dev.spacy")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("EU", "ORG"),
        ("German", "MISC"),
        ("British", "MISC"),
    ]


def test_recipe_of_ehealth_kd_reads_its_format(tmp_path):
    for name in ("training", "development/main", "testing/scenario3-taskB"):
        folder = tmp_path / "ehealth_kd" / name
        folder.mkdir(parents=True)
        (folder / "scenario.txt").write_text(EHEALTH)
        (folder / "scenario.ann").write_text(EHEALTH_ANN)
    summary = convert_recipe("ehealth_kd", tmp_path / "out", datasets=DATASETS, raw=tmp_path)
    docs = load_docs(tmp_path / "out" / "test.spacy")
    assert [doc.text for doc in docs] == EHEALTH.splitlines()
    assert [[(ent.text, ent.label_) for ent in doc.ents] for doc in docs] == [
        [("coronavirus", "Concept"), ("causan", "Action"), ("cáncer de pulmón", "Concept")],
        [("agua", "Concept")],
    ]
    assert summary.unit == "sentences"


def test_recipe_of_swe_nerc_reads_what_the_docs_make_of_its_files(tmp_path):
    text = (ROOT / "docs" / "experiments.md").read_text(encoding="utf8")
    (script,) = re.findall(r"```bash\n(two\(\).*?)```", text, re.DOTALL)
    folder = tmp_path / "swe_nerc"
    folder.mkdir()
    for name in ("blogs-01", "blogs-02", "blogs-03", "news-03", "news-11"):
        (folder / f"{name}.tsv").write_text(SWE_NERC)
    subprocess.run(["bash", "-ec", script], cwd=folder, check=True)
    convert_recipe("swe_nerc", tmp_path / "out", datasets=DATASETS, raw=tmp_path)
    docs = {
        split: load_docs(tmp_path / "out" / f"{split}.spacy") for split in ("train", "dev", "test")
    }
    assert {split: len(docs[split]) for split in docs} == {"train": 6, "dev": 2, "test": 2}
    assert [[(ent.text, ent.label_) for ent in doc.ents] for doc in docs["dev"]] == [
        [("Anna", "PRS"), ("Kungl", "GRO"), ("KBAB", "GRO")],
        [],
    ]


def test_recipe_without_its_raw_files_says_how_to_get_them(tmp_path):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        convert_recipe("wikigold", tmp_path / "out", datasets=DATASETS, raw=tmp_path / "raw")
    assert str(error.value) == (
        f"wikigold: expected {tmp_path}/raw/wikigold/wikigold.conll.txt, found no such file or "
        "folder; run `spacy project assets --extra` or pass --vars.raw FOLDER"
    )
