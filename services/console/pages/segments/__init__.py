"""Segments: which there are, building one by conditions, and who is in it."""
