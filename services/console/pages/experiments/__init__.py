"""Experiments: whether what the shop does for its customers pays."""
