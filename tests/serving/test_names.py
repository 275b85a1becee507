from pathlib import Path

import pytest

from adaptive_spacy.serving.names import find_wheel, list_wheels, make_package_name

OWN = "adaptive-spacy"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("en", "sample_ner", "0.1.0"), ("en", "sample_ner", "0.1.0")),
        (("sv", "swedish-like.ner", "1"), ("sv", "swedish_like_ner", "1")),
        (("en", "en_sample_ner", "1.0"), ("en", "sample_ner", "1.0")),
        (("xx", "2017_wnut", "1.0-alpha"), ("xx", "2017_wnut", "1.0a0")),
    ],
)
def test_package_name_is_written_as_wheels_write_it(parts, expected) -> None:
    assert make_package_name(*parts) == expected


@pytest.mark.parametrize("lang", ["../x", "en/../../x", "", "e n", None, 3, "en\n", ".."])
def test_package_name_wants_a_language(lang) -> None:
    with pytest.raises(ValueError, match=r"lang in meta\.json: expected a language code"):
        make_package_name(lang, "ner", "1")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a b", "märkt", "_", "a\n", "a\\b"])
def test_package_name_wants_a_name(name) -> None:
    with pytest.raises(ValueError, match="--name: expected ASCII letters and digits"):
        make_package_name("en", name, "1")


@pytest.mark.parametrize("version", ["../1", "1/0", "", "one", "1.0\n/x", "1 0"])
def test_package_name_wants_a_version(version: str) -> None:
    with pytest.raises(ValueError, match="--version: expected a version such as"):
        make_package_name("en", "ner", version)


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"")


def test_newest_wheel_is_that_of_the_highest_version(tmp_path: Path) -> None:
    versions = ["0.9.0", "0.10.0", "0.10.0rc1", "0.2.0"]
    touch(tmp_path, *(f"en_x-{version}-py3-none-any.whl" for version in versions))
    touch(tmp_path, "en_x_large-1.0-py3-none-any.whl", "not-a-wheel.whl", "en_x-new.whl")
    touch(tmp_path, "adaptive_spacy-9.0-py3-none-any.whl")
    wheel = find_wheel(tmp_path, "en_x", lang="en", beside=OWN)
    assert wheel.name == "en_x-0.10.0-py3-none-any.whl"
    assert [str(version) for name, version, _ in list_wheels(tmp_path) if name == "en-x"] == [
        "0.2.0",
        "0.9.0",
        "0.10.0rc1",
        "0.10.0",
    ]


def test_wheel_of_a_version_is_found_beside_newer_ones(tmp_path: Path) -> None:
    touch(tmp_path, *(f"en_x-{version}-py3-none-any.whl" for version in ("1.1", "1.9")))
    for asked in ("1.1", "1.1.0", "v1.1"):
        wheel = find_wheel(tmp_path, "x", asked, lang="en", beside=OWN)
        assert wheel.name == "en_x-1.1-py3-none-any.whl"
    with pytest.raises(
        ValueError, match=r"a wheel of en_x 1\.10, found en_x 1\.1, en_x 1\.9; build"
    ):
        find_wheel(tmp_path, "x", "1.10", lang="en", beside=OWN)
    with pytest.raises(ValueError, match="--version: expected a version such as"):
        find_wheel(tmp_path, "x", "new", lang="en", beside=OWN)


@pytest.mark.parametrize("file", ["en_MyNER", "en_myner"])
@pytest.mark.parametrize("name", ["en_MyNER", "MyNER", "en_myner", "en-MyNER", "my-ner"])
def test_wheel_is_found_by_the_name_that_package_takes(
    tmp_path: Path, file: str, name: str
) -> None:
    touch(tmp_path, f"{file}-1.0-py3-none-any.whl")
    if name == "my-ner":
        with pytest.raises(ValueError, match=rf"a wheel of en_my_ner, found {file} 1\.0; build it"):
            find_wheel(tmp_path, name, lang="en", beside=OWN)
    else:
        assert find_wheel(tmp_path, name, lang="en", beside=OWN).name.startswith(file)


def test_the_only_pipeline_needs_no_name_and_of_two_each_can_be_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected the wheel of one pipeline, found none; build"):
        find_wheel(tmp_path, None, lang="en", beside=OWN)
    touch(tmp_path, "adaptive_spacy-0.1.0-py3-none-any.whl", "en_dot_ner-0.1.0-py3-none-any.whl")
    (only,) = tmp_path.glob("en_*")
    assert find_wheel(tmp_path, None, lang="en", beside=OWN) == only
    touch(tmp_path, "en_MyNER-0.1.0-py3-none-any.whl")
    with pytest.raises(
        ValueError, match=r"found en_dot_ner, en_MyNER; add the name of one"
    ) as said:
        find_wheel(tmp_path, None, lang="en", beside=OWN)
    for name in str(said.value).split("found ")[1].split(";")[0].split(", "):
        assert find_wheel(tmp_path, name, lang="en", beside=OWN).name.startswith(f"{name}-")
