"""The model card of a package: what it is, what it scores, how it was made, what it cannot do.

It is README.md in the wheel, with the front matter that model hubs read. What stands in it comes
from data and is escaped.
"""

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCardData
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"
LIBRARY = "spacy"
TASK = "token-classification"
HUB = "https://huggingface.co/"
#: What hubs have below addresses of their own, and is no model
NO_MODELS = tuple(f"{HUB}{kind}/" for kind in ("datasets", "spaces", "papers", "docs", "blog"))
#: What an entry of `sources` is, by its "role"
DATA, BASE = "data", "transformer"
#: Licences that hubs know by these names; all others are "other" there
HUB_LICENCES = {
    *("apache-2.0", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0"),
    *("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "gpl-3.0", "lgpl-3.0", "mit", "mpl-2.0"),
}
#: What the template asks for and a meta.json may lack
EMPTY = {
    **dict.fromkeys(("description", "version", "license", "notes", "email", "spacy_version"), ""),
    **dict.fromkeys(("sources", "pipeline"), ()),
}
MEASURES = {"p": "precision", "r": "recall", "f": "f1"}
#: What Markdown would read as markup in running text and in cells; _ only at the edge of a word
MARKUP = re.compile(r"([\\`*\[\]|~$#]|(?<![^\W_])_|_(?![^\W_]))")


def make_card(
    meta: dict[str, Any],
    *,
    package: str,
    needs_own: bool,
    types: Sequence[str] = (),
    temperatures: Sequence[float] = (),
) -> str:
    """Write the card.

    meta (dict): The package's meta.json, with "performance", and "evaluation" and "training" where
        they are known; see `serving.scores` and `serving.facts`.
    package (str): Name of the package with its language.
    needs_own (bool): Whether it needs adaptive-spacy.
    types (Sequence[str]): Of the entities that it finds.
    temperatures (Sequence[float]): Of the components that state confidences, 1.0 where none was
        fitted; none: nothing states any.
    RETURNS (str): Markdown with front matter.
    """
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined)
    environment.filters.update(text=escape, percent=percent, source=link_source)
    evaluation = meta.get("evaluation")
    body = environment.get_template("card.md").render(
        meta={**EMPTY, **{key: value for key, value in meta.items() if value is not None}},
        package=package,
        needs_own=needs_own,
        states_confidence=bool(temperatures),
        # of several components each has its own, and a reader cannot tell them apart
        calibrated=bool(temperatures) and all(one != 1 for one in temperatures),
        author=link(meta.get("author") or "", meta.get("url") or ""),
        types=types,
        scores=list_scores(meta.get("performance") or {}, evaluation),
        figures=list_figures(meta, evaluation),
        evaluation=evaluation,
        counted="sentences" in (evaluation or {}),
        seen=(evaluation or {}).get("seen"),
        training=list((meta.get("training") or {}).items()),
        calibration_error=(evaluation or {}).get("calibration_error"),
    )
    body = re.sub(r"\n{3,}", "\n\n", body).strip()
    return f"---\n{front_matter(meta, package).to_yaml()}\n---\n\n{body}\n"


def front_matter(meta: dict[str, Any], package: str) -> ModelCardData:
    """RETURNS (ModelCardData): What model hubs read."""
    performance, licence = meta.get("performance") or {}, meta.get("license") or ""
    evaluation = meta.get("evaluation") or {}
    known = licence.lower() in HUB_LICENCES
    entries = meta.get("sources") or []
    sources = [source for source in entries if isinstance(source, dict) and source.get("name")]
    bases = [one["name"] for one in sources if _role_of(one) == BASE and _is_model(one)]
    data = next((one["name"] for one in sources if _role_of(one) == DATA), "unknown")
    # hubs take them for those of a test
    tested = evaluation.get("corpus") and not evaluation.get("seen")
    results = [
        EvalResult(
            task_type=TASK,
            task_name="NER",
            dataset_type=re.sub(r"[^\w.-]+", "-", data),
            dataset_name=data,
            dataset_split=evaluation.get("corpus"),
            metric_type=metric,
            metric_name=f"NER {metric}",
            metric_value=round(performance[f"ents_{short}"], 4),
        )
        for short, metric in MEASURES.items()
        if tested and isinstance(performance.get(f"ents_{short}"), int | float)
    ]
    return ModelCardData(
        language="multilingual" if meta["lang"] == "xx" else meta["lang"],
        license=licence.lower() if known else "other",
        license_name=None if known else licence or "not stated",
        library_name=LIBRARY,
        pipeline_tag=TASK,
        tags=[LIBRARY, TASK, "adaptive-spacy"],
        base_model=bases[0] if bases else None,
        model_name=package,
        eval_results=results or None,
    )


def _role_of(source: dict[str, Any]) -> str:
    # entries of others, and of packages of before, do not say it
    return str(source.get("role") or (BASE if _is_model(source) else DATA))


def _is_model(source: dict[str, Any]) -> bool:
    url = str(source.get("url"))
    return url.startswith(HUB) and not url.startswith(NO_MODELS)


def list_scores(
    performance: dict[str, Any], evaluation: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): Rows of the table of scores: all entities, then each type."""
    if performance.get("ents_f") is None:
        return []
    supports = (evaluation or {}).get("support", {})
    overall = {short: performance.get(f"ents_{short}") for short in MEASURES}
    types = performance.get("ents_per_type") or {}
    total = (evaluation or {}).get("entities", "-")
    rows = [{"name": "all entities", **overall, "support": total}]
    for name in sorted(types):
        row = {short: types[name].get(short) for short in MEASURES}
        rows.append({"name": name, **row, "support": supports.get(name, "-")})
    return rows


def list_figures(meta: dict[str, Any], evaluation: dict[str, Any] | None) -> list[str]:
    """RETURNS (list[str]): What is said below the table, a line each."""
    lines = []
    exact = (evaluation or {}).get("exact_match")
    if exact is not None:
        lines.append(f"Sentences whose entities are exactly right: {percent(exact)} %.")
    loss = (meta.get("performance") or {}).get("ents_loss")
    if isinstance(loss, int | float):
        lines.append(f"Loss: {loss:.4f} nats per token (mean cross-entropy).")
    if "precision" in meta:
        cost, f_scores = meta["precision"], meta["precision"]["ents_f"]
        # packages of before do not say in what they were scored
        where = {one: f", scored in {kind}" for one, kind in cost.get("computed_in", {}).items()}
        lines.append(
            f"Computes in {cost['precision']}: F1 {percent(f_scores['after'])}"
            f"{where.get('after', '')}; {percent(f_scores['before'])} as trained"
            f"{where.get('before', '')}."
        )
    return lines


def escape(value: Any) -> str:
    """RETURNS (str): A text as one line of Markdown that shows it as it is."""
    text = "".join(one if one.isprintable() else " " for one in str(value))
    return MARKUP.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def percent(share: float | None) -> str:
    """RETURNS (str): A share in [0, 1] in percent."""
    return "-" if share is None else f"{100 * share:.2f}"


def link(name: str, url: str) -> str:
    """RETURNS (str): A name, which links to an address if that is one."""
    if not re.fullmatch(r"https?://[^\s<>()\"'`|\\]+", url):
        return escape(name)
    return f"[{escape(name) or url}]({url})"


def link_source(source: Any) -> str:
    """RETURNS (str): An entry of `sources`: a dict, or a name, as spaCy also allows."""
    if not isinstance(source, dict):
        return escape(source)
    licence = source.get("license") or "no licence stated"
    return f"{link(str(source.get('name', '')), str(source.get('url', '')))} ({escape(licence)})"
