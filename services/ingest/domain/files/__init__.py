"""Rows and cells of files."""
