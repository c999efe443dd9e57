"""Simulations: what a draft would do, before anybody's tier changes."""
