"""Count the whole base beforehand, and read the counts."""
