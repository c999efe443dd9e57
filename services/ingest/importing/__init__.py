"""Files of purchases: opened, mapped and read in chunks; what they mean is decided elsewhere."""
