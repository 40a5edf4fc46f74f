"""Parse what a model writes, as it comes, into sentences with the passages they cite."""
