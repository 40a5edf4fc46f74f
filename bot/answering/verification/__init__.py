"""Verify that the articles support what a model writes."""
