"""Programme documents: what they may say, what is wrong with one, and what differs between two."""
