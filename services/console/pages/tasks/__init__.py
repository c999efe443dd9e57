"""Tasks: what is to be done for whom today, and how it went."""
