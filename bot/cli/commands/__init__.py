"""What each command does; `bot/cli.py` says how it is called."""
