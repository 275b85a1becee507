"""What every job imports, for the process that jobs are forked off: seconds that each would pay."""

import spacy.lang.en  # noqa: F401
import spacy_transformers  # noqa: F401
from spacy.util import registry
from transformers import MODEL_MAPPING

import adaptive_spacy.experiments.run_job  # noqa: F401

# loads the functions that packages register
registry.architectures.get_all()
# looking for a model imports the configs of all of them
list(MODEL_MAPPING.keys())
