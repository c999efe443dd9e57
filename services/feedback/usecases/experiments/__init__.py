"""Experiments: write them, share people out, see what came of it."""
