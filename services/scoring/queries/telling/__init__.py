"""Statements that tell others: announcements and their delivery."""
