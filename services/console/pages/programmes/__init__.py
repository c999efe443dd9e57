"""Programmes: which there are, what a version says, what a change of it would do, and making it."""
