"""Check web sources again and again for new, corrected and withdrawn articles."""
