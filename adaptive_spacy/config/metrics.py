"""What kind of number a metric is, which its name alone tells."""

#: Of each `transformer_ner`: the loss, the loss that calibration cannot mend, and both by the
#: component's name
NER_LOSS = "ents_loss"
TEMPERATURE = "temperature"


def is_loss(metric: str) -> bool:
    """RETURNS (bool): Whether less of it is better."""
    return metric.endswith("_loss") or metric.startswith(NER_LOSS)


def is_share(metric: str) -> bool:
    """RETURNS (bool): Whether it is a share of something, in [0, 1]."""
    return not is_loss(metric) and metric != "speed" and not metric.startswith(TEMPERATURE)
