"""Scoring: what each customer is worth, which tier they hold and why.

It owns models, programmes, releases and decisions. Start with domain/tiers/standing.py (the rule
of a value tier), domain/tiers/decide.py (one decision), usecases/asking/ask_tier.py (a read),
usecases/releases/make_release.py (how a model goes live), model/learning/training.py (from days to
a model) and domain/why/explanation.py (why).
"""
