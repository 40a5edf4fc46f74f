"""Sources on the web, looked at again and again: what is new, what was corrected, what is gone."""
