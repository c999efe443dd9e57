"""What customers say and what is done about it, until it changes the programme.

Rooms, the same names in domain, queries and usecases: `capture` (one piece of feedback, told to
ingest) `cases` `surveys` `contacts` (interactions and the time line) `offers` `care` (playbooks,
tasks, greetings, rhythms, win-back) `experiments` `kpis` `reviews`.
Read first: usecases/capture/give.py (the way of one piece of feedback), usecases/cases/open.py
(what it begins), worker.py (what goes on by itself). Owns the tables named after its rooms in
shared/schema/; reads the facts of the others, writes to them over HTTP.
"""
