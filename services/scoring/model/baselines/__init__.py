"""Scores a shop could compute without us."""
