"""Statements of a decision: what it rests on, what is stored, what is told."""
