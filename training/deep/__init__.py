"""The deep stage: a small network that reads words in order, asked only where the fast stage is unsure."""
