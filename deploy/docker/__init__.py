"""Container images, and the check that proves docker-compose.yml by running it.

Read first: Dockerfile (one recipe for every image), check.py (what `make compose-check` proves).
In an image: start, health.py, tierline. For the check: stack.py, ledger.py, environment.py.
"""
