"""The Telegram surface: readers' questions in, cited answers out."""
