"""Reads a file of transactions into days."""
