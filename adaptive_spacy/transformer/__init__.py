"""The transformer as spaCy needs it: pieces and tokens, precision, dropout, pretrained files.

Here belongs what makes spacy-transformers' model faster or its files safer. Not here: what is
learnt on top of it (`ner`).
"""
