"""Find the quotes in the text of an article: what is said, the speaker and the cue; tell speakers across articles."""
