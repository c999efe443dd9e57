"""Why a score is what it is, and what would change the tier."""
