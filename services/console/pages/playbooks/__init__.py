"""Playbooks: who is cared for, when and how, what came of it, and what reviews found."""
