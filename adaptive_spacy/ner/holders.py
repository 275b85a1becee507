"""The pipelines that a component is in. Nobody tells it: a copy, one that was pickled, and one that
was sourced from another pipeline are put into theirs behind its back."""

import gc

from spacy.language import Language


def learns_last(pipe: object) -> bool:
    """Looks through all objects there are, which takes about as long as one update.

    RETURNS (bool): Whether no pipe learns after this one, in whichever pipeline it is; False where
        none is found.
    """
    pipelines = [
        [one for _, one in nlp.pipeline if getattr(one, "is_trainable", False)]
        for nlp in gc.get_objects()
        # asked of the type: proxies of others would answer for what they stand for, or raise.
        # One that another thread is making has no components yet
        if issubclass(type(nlp), Language) and hasattr(nlp, "pipeline")
    ]
    last = [pipes[-1] is pipe for pipes in pipelines if any(one is pipe for one in pipes)]
    return bool(last) and all(last)
