"""Scoring: what each customer is worth, which tier they hold and why.

It owns models, programmes, releases and decisions. Start with domain/standing.py (the rule of a
value tier), domain/decide.py (one decision), usecases/ask_tier.py (a read) and
usecases/make_release.py (how a model goes live).
"""
