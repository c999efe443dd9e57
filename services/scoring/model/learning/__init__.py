"""Learns a value model from a shop's days, and judges it before it may go live."""
