"""What each command does, one file a command; `bot/cli/main.py` names them all."""
