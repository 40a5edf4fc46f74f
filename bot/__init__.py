"""OnRecord: answers made of what the articles say, every claim cited, every quotation word for word."""
