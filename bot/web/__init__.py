"""The HTTP surface: the API under /v1, the widget and the demo pages."""
