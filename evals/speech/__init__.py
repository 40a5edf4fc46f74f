"""Whether the quotes found report words: attributions of news that were read one by one, training and measuring."""
