"""What customers say: taken, stored with the tier held at that moment, told to ingest.

Read first: routes/feedback.py (what may be posted), usecases/give.py (the way of one piece of
feedback), usecases/relay.py (how it becomes an event), domain/said.py (what is stored).
Owns the tables of shared/schema/feedback.py; asks scoring for tiers before its transaction.
worker.py relays to ingest what the outbox holds; nothing is lost while ingest is away.
"""
