"""Speed and memory on real data, one table a run: `python -m bench --data FOLDER`."""
