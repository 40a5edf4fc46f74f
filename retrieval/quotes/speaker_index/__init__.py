"""Speakers across articles: the names of one joined, and the one that a question means."""
