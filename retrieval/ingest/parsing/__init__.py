"""Parse documents and files into articles; each package is for one kind of source."""
