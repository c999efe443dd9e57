"""Statements that read whole bases."""
