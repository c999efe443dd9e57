"""What the owner of the data looks after: sources, rates, products, quarantine, quality."""
