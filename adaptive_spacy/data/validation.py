"""How noisy a dev set is. `stats` and `convert`, which know no config, always say so; `check` and
`check.v1` where a training goes by its scores."""

import math

#: Splits that are one
DEV_NAMES = {"dev", "development", "val", "valid", "validation"}
#: Entities or documents below which a dev set is too small to tell when to cool down
FEW_TO_VALIDATE = 100


def describe_noise(
    name: str, *, documents: int, entities: int | None = None, decides: str = "cool down"
) -> str | None:
    """The validation scores decide when to cool down, or to stop. How much they waver can be
    measured with a model only, so the numbers of entities and documents stand in for it.

    name (str): Of the dev set, for the text.
    documents (int): Its documents.
    entities (int | None): Its entities; None: it is no matter of entities.
    decides (str): What its scores decide the time of.
    RETURNS (str | None): A line; None: there is enough, or nothing, which others say.
    """
    counts = [(documents, "documents")]
    if entities is not None:
        counts.insert(0, (entities, "entities"))
    count, what = min(counts, key=lambda one: one[0])
    if not 0 < count < FEW_TO_VALIDATE:
        return None
    recall = ""
    if entities:
        recall = f", and a recall of 80 % by {100 * math.sqrt(0.16 / entities):.0f} points"
    return (
        f"{name} has {count} {what}; with fewer than {FEW_TO_VALIDATE} the validation scores are "
        f"too noisy to tell when to {decides}: a mean over {count} wavers by about "
        f"{100 / math.sqrt(count):.0f} % of the spread of a single one{recall}. Take more for "
        "validation"
    )
