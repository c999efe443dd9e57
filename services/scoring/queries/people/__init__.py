"""Statements about customers: who they are, what was decided by hand."""
