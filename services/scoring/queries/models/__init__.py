"""Statements about models: the registry, their life, what they expected."""
