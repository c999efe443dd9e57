"""Statements about the use of benefits, and points."""
