"""Articles in rows: lines or arrays of JSON, and tables."""
