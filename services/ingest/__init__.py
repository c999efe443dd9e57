"""Ingest: events from tills and shops, each counted once and for ever, folded into exact facts.

Owns `shared/schema/ingest.py`. Read first: `routes/receipts.py` -> `usecases/post_items.py` ->
`usecases/accept.py` (one transaction) -> `usecases/apply.py` -> `domain/fold.py` (the facts).
"""
