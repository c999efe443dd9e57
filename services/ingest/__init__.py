"""Ingest: events from tills and shops, each counted once and for ever, folded into exact facts.

Owns `shared/schema/{ingest,intake}.py`. Read first: `routes/receipts.py`, `usecases/post_items.py`,
`usecases/committing.py` (waiting requests share a commit), `accept_plain.py` (new sales, by COPY)
or `accept.py` (all else), `domain/fold.py` (the facts). Rooms beside that way, in `usecases/` and
`domain/`: `senders` (web), `files` (imports), `people`, `privacy`, `desk`, `rebuilds`.
"""
