"""What each command does, one file a command; `bot/cli/command_line.py` names them all."""
