"""Benefits of tiers: what a programme promises, for how often, and what is left of it."""
