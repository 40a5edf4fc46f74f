"""Train and export the reader: examples, network, training, export. Needs PyTorch, which the product does not."""
