"""Prompt a model, parse its draft and keep the verified sentences."""
