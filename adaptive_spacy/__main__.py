from adaptive_spacy.cli.app import app

app(prog_name="adaptive-spacy")
