"""How a score becomes a tier, when it changes, and how it is told."""
