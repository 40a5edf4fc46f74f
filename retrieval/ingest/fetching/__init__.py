"""Fetch documents from the public internet politely, within limits on time and size."""
