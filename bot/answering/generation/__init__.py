"""What a model is asked, and how its draft is read."""
