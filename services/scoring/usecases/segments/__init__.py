"""Segments: who is in them, kept true after every change of a customer and every midnight."""
