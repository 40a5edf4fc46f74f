"""Train and measure the model that tells words that were said from words that were denied, asked or supposed."""
