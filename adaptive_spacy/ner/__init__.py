"""The component `transformer_ner`: network, tags, decoding, loss, scores, confidence.

It knows nothing of the method and works with every schedule. Not here: the transformer under it
(`transformer`), and evaluation of whole pipelines (`training.evaluation`).
"""
