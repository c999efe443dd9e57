"""Scoring: what each customer is worth, which tier they hold and why.

It owns models, programmes, releases, decisions, segments, benefits, points and web hooks. Start
with usecases/asking/ask_tier.py (a read); domain/tiers/standing.py (the rule of a value tier) and
domain/tiers/decide.py (one decision); domain/status/engine/track.py and ledger.py (published
rules) and domain/status/deciding.py; domain/conditions (classes and segments); usecases/releases
(how anything goes live); model/learning/training.py (from days to a model); usecases/steady
(without the database).
"""
