"""Customers: find one, see what they are worth and why, and change what must be changed."""
