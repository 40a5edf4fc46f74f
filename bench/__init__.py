"""Measure speed and memory on real data and print one table: `python -m bench --data FOLDER`."""
