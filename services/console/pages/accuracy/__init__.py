"""How right the tiers are: models against naive rules, drift, versions and their life."""
