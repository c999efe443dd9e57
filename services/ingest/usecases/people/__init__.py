"""Who somebody is: profiles, identifiers, merges, consents."""
