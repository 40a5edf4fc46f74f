"""Documents from the web: politely, within bounds of time and size, and from nowhere that is not public."""
