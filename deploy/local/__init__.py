"""One machine, one command: what `make run` starts.

Read first: run.py (the order of things), then cluster.py and postgres.py (the embedded
Postgres) and processes.py (children that come back by themselves). home.py owns all local
state; programs.py and account.py find the binaries and the user they run as.
"""
