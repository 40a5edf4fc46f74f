"""The embedded network, all-MiniLM-L6-v2: its weights, its graph, and the reader that runs on it."""
