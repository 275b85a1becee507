"""What kind of number a metric is, which its name alone tells."""

#: Of each `transformer_ner`: the loss, the loss that calibration cannot mend, and both by the
#: component's name
NER_LOSS = "ents_loss"
TEMPERATURE = "temperature"


def is_table(metric: str) -> bool:
    """RETURNS (bool): Whether it is no number but a table of scores, or a text that says what a
    score is, which can be reported and no more."""
    return metric.endswith(("_per_type", "_per_feat", "_desc"))


def is_loss(metric: str) -> bool:
    """RETURNS (bool): Whether less of it is better."""
    return metric.endswith("_loss") or metric.startswith(NER_LOSS)


def is_better_lower(metric: str) -> bool:
    """RETURNS (bool): Whether less of it is better: of a loss, and of the temperature, which rises
    as a network gets surer than it is right."""
    return is_loss(metric) or metric.startswith(TEMPERATURE)


def is_share(metric: str) -> bool:
    """RETURNS (bool): Whether it is a share of something, in [0, 1]."""
    return not is_loss(metric) and metric != "speed" and not metric.startswith(TEMPERATURE)
