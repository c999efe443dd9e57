"""The life of programme documents: drafts, publication, rollback."""
