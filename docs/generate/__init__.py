"""The pages of docs/ that are written from the code. `python -m docs.generate` writes them, `--check` compares."""
