"""Statements about programme documents: drafts, versions, simulations."""
