"""A wheel that does what the trained folder does, and one that does not."""

from pathlib import Path

import pytest
import spacy
import srsly
from spacy.tokens import Doc, DocBin
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.serving import smoke
from adaptive_spacy.serving.package import package
from adaptive_spacy.serving.smoke import smoke_test
from tests.conftest import write_corpus, write_shards
from tests.ner.pipelines import learn, make_nlp


def test_smoke_test_of_a_good_wheel(packages: Path, trained: Path, tmp_path: Path) -> None:
    texts = write_corpus(
        tmp_path / "texts.spacy", [("Ada lives in Paris .", "O O O O O"), ("it rains", "O O")]
    )
    result = smoke_test(packages, "xx_tiny_ner", trained, texts, tmp_path / "m" / "smoke.json")
    assert (result["identical"], result["conclusive"], result["confident"]) == (True, True, True)
    assert (result["texts"], result["entities"], result["version"]) == (2, 2, "1.2.3")
    assert srsly.read_json(tmp_path / "m" / "smoke.json")["identical"] is True


def test_smoke_test_loads_what_the_wheel_holds_in_the_version_that_is_asked_for(
    foreign: Path, tmp_path: Path
) -> None:
    (wheel,) = package(foreign, tmp_path / "packages", name="MyNER", version="1.10")
    # as newer builders write it
    wheel.rename(wheel.with_name(wheel.name.lower()))
    (tmp_path / "packages" / "en_myner-1.9-py3-none-any.whl").write_bytes(b"an earlier one")
    (tmp_path / "packages" / "en_myner-2.0-py3-none-any.whl").write_bytes(b"a later one")
    texts = write_corpus(tmp_path / "texts.spacy", [("Ada lives in Paris .", "O O O O O")])
    options = ["--version", "1.10", "--pipeline", foreign, "--texts", texts]
    options += ["--output", tmp_path / "smoke.json"]
    for name in ([], ["MyNER"], ["en_MyNER"]):
        arguments = ["smoke-test", tmp_path / "packages", *name, *options]
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert result.exit_code == 0, result.output
        assert "texts, loaded as en_MyNER in" in result.output
        assert srsly.read_json(tmp_path / "smoke.json")["package"] == "en_MyNER"


@pytest.mark.parametrize(
    ("confidences", "confident"), [([0.0, 1.0], True), ([None, None], None), ([0.5, 1.1], False)]
)
def test_smoke_test_says_whether_confidences_are_such(
    packages: Path,
    trained: Path,
    tmp_path: Path,
    confidences: list[float | None],
    confident: bool | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = write_corpus(tmp_path / "texts.spacy", [("Ada lives in Paris .", "O O O O O")])
    spans = [[0, 3, "PER"], [13, 18, "LOC"]]
    found = [[*span, one] for span, one in zip(spans, confidences, strict=True)]
    monkeypatch.setattr(smoke, "_install", lambda *arguments: None)
    monkeypatch.setattr(smoke, "_load", lambda *arguments: {"entities": [found]})
    arguments = (packages, "xx_tiny_ner", trained, texts, tmp_path / "smoke.json")
    if confident is False:
        with pytest.raises(ValueError, match=r"states confidences that are not in \[0, 1\]: see"):
            smoke_test(*arguments)
    else:
        smoke_test(*arguments)
    assert srsly.read_json(tmp_path / "smoke.json")["confident"] is confident


@pytest.mark.slow
def test_smoke_test_notices_another_pipeline(
    packages: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    nlp = make_nlp(transformer_folder)
    learn(nlp, steps=1)
    nlp.get_pipe("transformer_ner").model.get_ref("output_layer").get_param("b")[0] += 9
    nlp.to_disk(tmp_path / "other")
    texts = write_corpus(tmp_path / "texts.spacy", [("Ada lives in Paris .", "O O O O O")])
    with pytest.raises(ValueError, match="finds other entities than"):
        smoke_test(packages, "xx_tiny_ner", tmp_path / "other", texts, tmp_path / "smoke.json")
    assert srsly.read_json(tmp_path / "smoke.json")["identical"] is False


def test_smoke_test_reads_shards(
    packages: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "MAX_TEXTS", 4)
    write_corpus(tmp_path / "test.spacy", [(f"Ada calls {i}", "O O O") for i in range(6)])
    shards = write_shards(tmp_path, tmp_path / "shards", size=3)
    # under both names: the project passes the second
    for number, name in enumerate(("test", "test.spacy")):
        output = tmp_path / f"{number}.json"
        arguments = ["smoke-test", packages, "xx_tiny_ner", "--pipeline", trained]
        arguments += ["--texts", shards / name, "--output", output]
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert result.exit_code == 0, result.output
        assert srsly.read_json(output)["texts"] == 4


def test_smoke_test_names_texts_that_are_missing(
    packages: Path, trained: Path, tmp_path: Path
) -> None:
    texts = tmp_path / "gone.spacy"
    with pytest.raises(ValueError, match=r"^--texts: expected a \.spacy file or a folder of"):
        smoke_test(packages, "xx_tiny_ner", trained, texts, tmp_path / "smoke.json")


def test_smoke_test_without_wheel(trained: Path, tmp_path: Path) -> None:
    texts = write_corpus(tmp_path / "texts.spacy", [("a", "O")])
    with pytest.raises(ValueError, match=r"expected a wheel of xx_x, found none; build it"):
        smoke_test(tmp_path, "xx_x", trained, texts, tmp_path / "smoke.json")


def test_smoke_test_needs_texts(packages: Path, trained: Path, tmp_path: Path) -> None:
    vocab = spacy.blank("xx").vocab
    for number, words in enumerate(([], ["\n"])):
        path = tmp_path / f"{number}.spacy"
        DocBin(docs=[Doc(vocab, words=words)]).to_disk(path)
        arguments = ["smoke-test", packages, "--pipeline", trained, "--texts", path]
        arguments += ["--output", tmp_path / "smoke.json"]
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert result.exit_code == 1
        assert result.output == f"✘ --texts: expected texts to compare, but {path} has none\n"
        assert not (tmp_path / "smoke.json").exists()


def test_smoke_test_without_any_entity_says_that_it_shows_nothing(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spacy.blank("xx").to_disk(tmp_path / "silent")
    texts = write_corpus(tmp_path / "texts.spacy", [("Ada lives in Paris .", "O O O O O")])
    monkeypatch.setattr(smoke, "_install", lambda *arguments: None)
    arguments = (packages, "xx_tiny_ner", tmp_path / "silent", texts, tmp_path / "smoke.json")
    monkeypatch.setattr(smoke, "_load", lambda *arguments: {"entities": [[]]})
    with pytest.warns(UserWarning, match=r"^neither xx_tiny_ner.*finds an entity in 1 texts: "):
        result = smoke_test(*arguments)
    assert (result["identical"], result["conclusive"]) == (True, False)
    assert srsly.read_json(tmp_path / "smoke.json")["conclusive"] is False
    # an entity of one side alone is a difference
    monkeypatch.setattr(smoke, "_load", lambda *arguments: {"entities": [[[0, 3, "PER", None]]]})
    with pytest.raises(ValueError, match="finds other entities than"):
        smoke_test(*arguments)
    assert srsly.read_json(tmp_path / "smoke.json")["conclusive"] is True
