"""Experiments: what may change, what was seen, and what may be said of it."""
