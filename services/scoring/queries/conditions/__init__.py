"""Conditions for all customers at once, and what they are decided from.

`sheets.py` one row of sums a customer · `standings.py` their tiers in short · `compile.py` a
condition as SQL with bound parameters · `ask.py` count, list and find who differs · `facts.py` what
one customer's conditions are decided from.
"""
