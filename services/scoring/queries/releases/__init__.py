"""Statements about releases: made, put into force, gone back from."""
