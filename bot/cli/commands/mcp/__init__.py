"""The Model Context Protocol: the archive as tools of an assistant."""
