"""What tiers entitle to: read, redeemed and cancelled."""
