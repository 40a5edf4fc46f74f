"""Tell words from deeds, and words that were said from words that were denied, asked, supposed or claimed by others."""
