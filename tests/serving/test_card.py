from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import ModelCard
from spacy.util import load_config

from adaptive_spacy.serving.card import escape, link, make_card
from adaptive_spacy.serving.facts import describe_precision
from tests.conftest import ROOT

META = {
    "lang": "en",
    "name": "x_ner",
    "version": "1.2.3",
    "description": "Named entities: LOC, PER.",
    "spacy_version": ">=3.8",
    "pipeline": ["transformer", "transformer_ner"],
    "labels": {"transformer": [], "transformer_ner": ["LOC", "PER"]},
    "license": "MIT",
    "author": "Ada",
    "email": "ada@example.org",
    "url": "https://example.org",
    "notes": "",
    "sources": [
        {"name": "wiki", "url": "https://example.org/data", "license": "CC0-1.0"},
        {"name": "org/base", "url": "https://huggingface.co/org/base", "license": "apache-2.0"},
    ],
    "performance": {
        "token_acc": 1.0,
        "token_p": 1.0,
        "token_r": 1.0,
        "token_f": 1.0,
        "ents_p": 0.8,
        "ents_r": 0.75,
        "ents_f": 0.7742,
        "ents_loss": 0.5043,
        "ents_per_type": {
            "LOC": {"p": 0.5, "r": 0.5, "f": 0.5},
            "PER": {"p": 0.9, "r": 0.8, "f": 0.847},
        },
    },
    "evaluation": {
        "corpus": "test",
        "sentences": 151,
        "entities": 156,
        "support": {"LOC": 44, "PER": 112},
        "exact_match": 0.625,
    },
    "training": {"sentences of train": 505, "highest learning rate": "0.0001", "seed": 0},
}


def card(**entries) -> str:
    meta = {**META, **entries}
    return make_card(meta, package="en_x_ner", needs_own=True, temperatures=[1.5])


def test_card_says_what_was_measured() -> None:
    text = card()
    assert "| all entities | 80.00 | 75.00 | 77.42 | 156 |" in text
    assert "| LOC | 50.00 | 50.00 | 50.00 | 44 |" in text
    assert "| PER | 90.00 | 80.00 | 84.70 | 112 |" in text
    assert "On test: 151 sentences with 156 entities." in text
    # a table, and a title after it, begin after an empty line
    assert "\n\n| type |" in text
    assert text.count("\n\n## ") == text.count("\n## ")
    assert "exactly right: 62.50 %" in text
    assert "Loss: 0.5043 nats per token" in text
    assert "50.43" not in text
    assert "TOKEN" not in text.upper().replace("TOKEN-CLASSIFICATION", "").replace(" TOKEN", "")
    for row in (
        "| sentences of train | 505 |",
        "| highest learning rate | 0.0001 |",
        "| seed | 0 |",
    ):
        assert row in text
    assert "[org/base](https://huggingface.co/org/base) (apache-2.0)" in text
    assert "pip install --find-links FOLDER en_x_ner" in text
    assert "[Ada](https://example.org) (ada@example.org)" in text
    for title in ("## Confidence", "## Limits", "## Install", "## Use"):
        assert title in text


def test_card_is_read_by_hubs() -> None:
    data = ModelCard(card()).data
    assert (data.language, data.license, data.base_model) == ("en", "mit", "org/base")
    assert (data.library_name, data.pipeline_tag) == ("spacy", "token-classification")
    results = {one.metric_type: one.metric_value for one in data.eval_results}
    assert results == {"precision": 0.8, "recall": 0.75, "f1": 0.7742}
    assert {one.dataset_split for one in data.eval_results} == {"test"}
    other = ModelCard(card(license="CC0-1.0 (data), unknown (transformer)", lang="xx")).data
    assert (other.license, other.language) == ("other", "multilingual")
    assert other.license_name == "CC0-1.0 (data), unknown (transformer)"


def test_card_says_when_its_scores_are_not_of_a_test() -> None:
    seen = "These are scores on the dev set."
    text = card(evaluation={"corpus": "dev", "seen": seen})
    assert f"## Scores\n\n{seen}\nAn entity counts as found if" in text
    assert "| all entities | 80.00 | 75.00 | 77.42 | - |" in text
    assert "\n\n| type |" in text
    assert ModelCard(text).data.eval_results is None
    text = card(evaluation={**META["evaluation"], "corpus": "dev", "seen": seen})
    assert f"On dev: 151 sentences with 156 entities.\n{seen}\n" in text
    assert ModelCard(text).data.eval_results is None
    text = card(evaluation=None)
    assert "## Scores\n\nIt is not known on which sentences these scores were measured.\n" in text
    assert ModelCard(text).data.eval_results is None


def test_card_tells_data_and_base_apart_in_any_order() -> None:
    results = ModelCard(card(sources=META["sources"][::-1])).data
    assert results.base_model == "org/base"
    assert {one.dataset_name for one in results.eval_results} == {"wiki"}


HUB_DATA = {"name": "mine", "url": "https://huggingface.co/datasets/me/mine", "license": "MIT"}
HUB_BASE = {"name": "bert", "url": "https://huggingface.co/bert", "license": "MIT"}


@pytest.mark.parametrize(
    ("sources", "base", "data"),
    [
        ([HUB_DATA], None, "mine"),
        ([HUB_DATA, HUB_BASE], "bert", "mine"),
        ([{**HUB_DATA, "role": "data"}, {**HUB_BASE, "role": "transformer"}], "bert", "mine"),
        # what is not on the hub is neither its base nor the data
        ([{**HUB_BASE, "url": "", "role": "transformer"}], None, "unknown"),
        ([{**HUB_BASE, "role": "data"}], None, "bert"),
    ],
)
def test_card_takes_no_data_for_a_base_and_no_base_for_data(sources, base, data) -> None:
    found = ModelCard(card(sources=sources)).data
    assert found.base_model == base
    assert {one.dataset_name for one in found.eval_results} == {data}


def test_card_names_types_if_there_are_any() -> None:
    said = "It finds entities of"
    text = make_card(META, package="en_x_ner", needs_own=True, types=["A|B", "LOC"])
    assert f"\n{said} 2 types: A\\|B, LOC.\n" in text
    assert said not in make_card(META, package="en_x_ner", needs_own=True)


def test_card_does_without_the_name_of_a_source() -> None:
    data = ModelCard(card(sources=[{"url": "https://huggingface.co/x"}, *META["sources"]])).data
    assert data.base_model == "org/base"
    assert {one.dataset_name for one in data.eval_results} == {"wiki"}


@pytest.mark.parametrize("missing", ["performance", "evaluation", "training", "sources", "author"])
def test_card_does_without_what_is_not_known(missing: str) -> None:
    meta = {key: value for key, value in META.items() if key != missing}
    text = make_card(meta, package="en_x_ner", needs_own=True, temperatures=[1.5])
    assert ModelCard(text).data.library_name == "spacy"
    assert "None" not in text


def test_card_of_a_foreign_pipeline_is_silent_about_us() -> None:
    text = make_card(META, package="en_x_ner", needs_own=False)
    assert "confidence" not in text.lower()
    # not by its file name, which some builders write in small letters
    assert "pip install --find-links FOLDER en_x_ner" in text
    assert ".whl" not in text


HOSTILE = "<script>x</script>\n\n# a | b [c](javascript:d) `e` $\\frac{ ![f](g) _h_ \x1b[31m"


@pytest.mark.parametrize("key", ["description", "author", "license", "notes"])
def test_card_shows_texts_as_they_are(key: str) -> None:
    text = card(**{key: HOSTILE})
    body = text.split("---\n", 2)[2]
    assert ModelCard(text).data.library_name == "spacy"
    assert "<script>" not in body
    assert "\n# a" not in text
    assert "a \\| b" in body
    assert "\x1b" not in text


def test_card_escapes_names_of_types_and_data() -> None:
    types = {"A|B\nC": {"p": 1.0, "r": 1.0, "f": 1.0}, "<b>": {"p": 0.0, "r": 0.0, "f": 0.0}}
    performance = {**META["performance"], "ents_per_type": types}
    source = {"name": "x](javascript:a)", "url": "javascript:alert(1)", "license": "a|b"}
    text = card(performance=performance, sources=[source])
    assert "| A\\|B C | 100.00 |" in text
    assert "| &lt;b&gt; | 0.00 |" in text
    assert "| Made from | x\\](javascript:a) (a\\|b) |" in text, "no link: ] is escaped"
    assert ModelCard(text).data.eval_results


def test_escape_leaves_plain_words_alone() -> None:
    assert escape("wnut_17 is a 1-2 set, A/B.") == "wnut_17 is a 1-2 set, A/B."
    assert link("a_b", "") == "a_b"
    assert link("", "https://example.org") == "[https://example.org](https://example.org)"


def test_card_says_what_another_precision_costs() -> None:
    cost = {"precision": "int8", "ents_f": {"before": 0.7742, "after": 0.76}}
    # as packages of before state it
    assert "Computes in int8: F1 76.00; 77.42 as trained." in card(precision=cost)
    computed = {"before": "bfloat16", "after": "float32"}
    said = "Computes in int8: F1 76.00, scored in float32; 77.42 as trained, scored in bfloat16."
    assert said in card(precision={**cost, "computed_in": computed})


def test_card_says_how_far_confidence_is_off() -> None:
    measured = {**META["evaluation"], "calibration_error": 0.0427}
    assert "On test it is 4.27 points off the share that is right" in card(evaluation=measured)
    assert "points off" not in card()
    assert "points off" not in card(evaluation=None)


@pytest.mark.parametrize("temperatures", [[], [1.0], [1.5], [1.5, 1.0], [1.5, 1.2]])
def test_card_states_confidences_that_are_there_and_calibration_that_was_made(
    temperatures: list[float],
) -> None:
    meta = {**META, "evaluation": {**META["evaluation"], "calibration_error": 0.0427}}
    text = make_card(meta, package="en_x_ner", needs_own=True, temperatures=temperatures)
    assert text.count("ent._.confidence") == (2 if temperatures else 0)
    assert ("points off" in text) == ("## Confidence" in text) == bool(temperatures)
    fitted = bool(temperatures) and 1.0 not in temperatures
    assert ("was fitted on\nvalidation data. On test it is" in text) == fitted
    assert ("not calibrated, and models\nare" in text) == (bool(temperatures) and not fitted)
    # the package is needed by the transformer, too
    assert "needs adaptive-spacy" in text


def test_card_says_what_a_pipeline_computes_in(tmp_path: Path) -> None:
    config = load_config(ROOT / "configs" / "adaptive.cfg", interpolate=False)
    where = "auto, bfloat16 where the device is faster in it and float32 elsewhere"
    assert describe_precision(config, []) == where
    history = [SimpleNamespace(precision="bfloat16")]
    facts = {"precision": describe_precision(config, history)}  # type: ignore[arg-type]
    assert facts["precision"] == f"trained in bfloat16; computes in {where}"
    text = make_card({**META, "training": facts}, package="en_x_ner", needs_own=True)
    assert f"| precision | {facts['precision']} |" in text
    config["components"]["transformer"]["model"]["precision"] = "int8"
    assert describe_precision(config, []) == "int8"
