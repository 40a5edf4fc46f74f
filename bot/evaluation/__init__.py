"""What a publisher measures: questions with what is expected of them, what came of each, and why."""
