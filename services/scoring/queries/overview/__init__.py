"""Statements about the whole base in short, for overviews."""
