"""Who was spoken to, and everything that happened with one customer, on one time line."""
