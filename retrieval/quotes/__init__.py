"""Who said what: quotations, their speakers and their cues, found in the text of an article."""
