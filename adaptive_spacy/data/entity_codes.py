"""spaCy's codes: where a token is in an entity (`ENT_IOB`), and in a sentence (`SENT_START`)."""

MISSING, INSIDE, OUTSIDE, BEGIN = range(4)  # the order of `Token.iob_strings()`

IS_START, IS_NO_START, NOT_KNOWN = 1, -1, 0
