"""Quality on labelled sets, one table a run: `python -m evals --data FOLDER`."""
