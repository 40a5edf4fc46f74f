"""Tell words that were said from words that were denied, asked, supposed or claimed by others."""
