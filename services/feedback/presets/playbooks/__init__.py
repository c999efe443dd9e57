"""Playbooks to start from: documents as a marketer would write them."""
