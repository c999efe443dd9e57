"""Surveys: ask customers, and see what they answered."""
