"""What every service agrees on: wire rules, contracts, clients, keys, clock, money, database.

Read first: wire.py (what is let in), problem.py (how errors leave), auth.py (who may ask),
http.py (one app, one middleware), db.py (connections and transactions).
Nothing here knows a service.
"""
