"""Points wallets: read, redeemed, and settled when facts or the clock change them."""
