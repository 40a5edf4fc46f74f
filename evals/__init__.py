"""Measure quality on labelled sets and print one table: `python -m evals --data FOLDER`."""
