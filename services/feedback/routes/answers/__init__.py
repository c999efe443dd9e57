"""How what feedback knows is answered: domain values as contracts and CSV."""
