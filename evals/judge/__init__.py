"""Claims as a model writes them over news, true and false, to train and measure a judge of answers."""
