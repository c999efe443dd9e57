"""The console: see it, understand it, change it; it speaks to the services only over HTTP.

Rooms: `accounts` (who may use it; the only tables it owns) `visiting` (one person on one page:
what they may, their words, the ways to the services) `words` (the one catalogue, en and zh) `parts`
(what pages are made of) `reading` and `changing` (what is asked of services, what is asked for)
`pages` (a room a page group) `decks` and `reports` (the customer-management deck, by schedule).
Read first: parts/frame.py (how a function becomes a page), visiting/visit.py (how a change is
made).
"""
