"""What was measured, as one page of HTML."""
