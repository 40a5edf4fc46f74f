"""Whether the articles hold what a model writes."""
