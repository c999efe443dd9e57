"""Bodies that only scoring's own routes speak."""
