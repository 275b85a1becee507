"""The registered names that a config is searched for: here, so that who looks for a block need not
import what it calls."""

#: Schedules
ADAPTIVE = "adaptive_spacy.adaptive.v1"
HYBRID = "adaptive_spacy.hybrid.v1"
LINEAR = "adaptive_spacy.linear.v1"
#: The schedules that a training tells the length of a round
SCHEDULES = (ADAPTIVE, HYBRID, LINEAR)
#: Callbacks
ADAPT = "adaptive_spacy.adapt.v1"
CHECK = "adaptive_spacy.check.v1"
CHECKPOINT = "adaptive_spacy.checkpoint.v1"
GUARD = "adaptive_spacy.guard.v1"
#: The score that the guard watches if it is told of no other
GUARDED = "ents_f"
#: The optimizer
ADAMW = "adaptive_spacy.AdamW.v1"
#: Architectures of a transformer: shared by components, and inside of one
TRANSFORMER = "adaptive_spacy.TransformerModel.v1"
TOK2VEC = "adaptive_spacy.Tok2VecTransformer.v1"
#: The others
BUCKETS = "adaptive_spacy.buckets.v1"
CORPUS = "adaptive_spacy.Corpus.v1"
LOGGER = "adaptive_spacy.Logger.v1"
#: Loggers that follow it
TRACKERS = tuple(f"adaptive_spacy.{name}.v1" for name in ("MLflow", "TensorBoard", "Wandb"))
PIECE_LENGTHS = "adaptive_spacy.piece_lengths.v1"
RATE = "adaptive_spacy.rate.v1"
STEPS = "adaptive_spacy.steps.v1"
UNTIL_FINISHED = "adaptive_spacy.until_finished.v1"
#: A learning rate that nobody chose: by the transformer
AUTO = "auto"
